package dev.rwkv.cli;

import java.nio.file.Path;
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
    subcommands = {
      GenerateCommand.class,
      ChatCommand.class,
      LogitsCommand.class,
      StateCommand.class,
      TokenizeCommand.class,
      DetokenizeCommand.class,
      InspectCommand.class,
      BackendsCommand.class,
      BenchCommand.class,
      SynthCommand.class,
      ConvertCommand.class,
      EvalCommand.class,
      PlotCommand.class,
      CertifyCommand.class,
      TrainCommand.class,
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 it could not be done, 2 wrong usage.",
    })
final class RwkvCommand implements Runnable {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  boolean debug;

  @Spec @Nullable CommandSpec spec;

  static CommandLine commandLine() {
    RwkvCommand root = new RwkvCommand();
    ErrorReport errors = new ErrorReport(root);
    return new CommandLine(root)
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
