package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** A command that is set up alone is the one that is set up with all. */
class RwkvCommandTest {
  static Stream<String> names() {
    return RwkvCommand.commandLine().getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aloneAsAmongAll(String name) {
    CommandLine among = RwkvCommand.commandLine().getSubcommands().get(name);
    Map<String, CommandLine> alone = RwkvCommand.commandLine(name, "--help").getSubcommands();
    assertThat(alone).containsOnlyKeys(name);
    CommandLine only = alone.get(name);
    assertThat(only.getCommandName()).isEqualTo(among.getCommandName()).isEqualTo(name);
    assertThat(only.getUsageMessage()).isEqualTo(among.getUsageMessage());
    assertThat(only.getSubcommands().keySet()).isEqualTo(among.getSubcommands().keySet());
  }

  @Test
  void helpHasAllCommands() {
    Run help = Run.of("--help").succeeds();
    assertThat(names()).isNotEmpty().allSatisfy(name -> assertThat(help.out()).contains(name));
  }

  @Test
  void aNameThatIsAlmostRightIsAnswered() {
    Run.of("genrate").isWrongUsage("genrate", "generate");
  }
}
