package dev.rwkv.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code rwkv}, which has only subcommands. */
@Command(
    name = "rwkv",
    description = "Runs RWKV language models on the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = RwkvCommand.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 it could not be done, 2 wrong usage.",
    })
final class RwkvCommand implements Runnable {
  // In the order of the help text. By name, so that one can be found without looking at the others.
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("generate", GenerateCommand.class);
    COMMANDS.put("chat", ChatCommand.class);
    COMMANDS.put("logits", LogitsCommand.class);
    COMMANDS.put("state", StateCommand.class);
    COMMANDS.put("tokenize", TokenizeCommand.class);
    COMMANDS.put("detokenize", DetokenizeCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("backends", BackendsCommand.class);
    COMMANDS.put("bench", BenchCommand.class);
    COMMANDS.put("synth", SynthCommand.class);
    COMMANDS.put("convert", ConvertCommand.class);
    COMMANDS.put("eval", EvalCommand.class);
    COMMANDS.put("plot", PlotCommand.class);
    COMMANDS.put("certify", CertifyCommand.class);
    COMMANDS.put("train", TrainCommand.class);
  }

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  boolean debug;

  @Spec @Nullable CommandSpec spec;

  /**
   * The parser for a command line. It has all commands, or only the one that the arguments begin
   * with: setting up the others would make every start longer.
   */
  static CommandLine commandLine(String... args) {
    RwkvCommand root = new RwkvCommand();
    ErrorReport errors = new ErrorReport(root);
    CommandLine commandLine = new CommandLine(root);
    Class<?> only = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (only == null) {
      COMMANDS.forEach(commandLine::addSubcommand);
    } else {
      commandLine.addSubcommand(args[0], only);
    }
    return commandLine
        .registerConverter(Path.class, new PathConverter())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  @Override
  public void run() {
    throw new ErrorReport.MissingCommandException(spec);
  }

  /** The version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RwkvCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "rwkv " + (version == null ? "(development build)" : version),
        "Java "
            + Runtime.version()
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch"),
      };
    }
  }
}
