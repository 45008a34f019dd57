package dev.rwkv.cli;

import dev.rwkv.Logits;
import dev.rwkv.Session;
import dev.rwkv.error.InvalidArgumentException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In which form tokens are consumed. */
final class SpanForm {
  enum Form {
    RECURRENT,
    PARALLEL
  }

  @Option(
      names = "--form",
      paramLabel = "FORM",
      defaultValue = "parallel",
      description = "recurrent (token by token) or parallel (in spans); default: ${DEFAULT-VALUE}.")
  Form form = Form.PARALLEL;

  @Option(
      names = "--chunk",
      paramLabel = "N",
      description = "Tokens per span in the parallel form; default: all at once.")
  @Nullable Integer chunk;

  /** Feeds the tokens, and shows the logits after each if a visitor is given. */
  void consume(Session session, int[] tokens, Session.@Nullable LogitsVisitor visitor) {
    if (tokens.length == 0) {
      throw new InvalidArgumentException("--tokens", "no token given");
    }
    if (chunk != null && chunk < 1) {
      throw new InvalidArgumentException("--chunk", chunk + " is not a length: expected 1 or more");
    }
    if (chunk != null && form == Form.RECURRENT) {
      throw new InvalidArgumentException("--chunk", "goes with --form parallel only");
    }
    if (form == Form.RECURRENT) {
      for (int i = 0; i < tokens.length; i++) {
        Logits logits = session.step(tokens[i]);
        if (visitor != null) {
          visitor.visit(i, logits);
        }
      }
      return;
    }
    int span = chunk == null ? tokens.length : chunk;
    for (int from = 0; from < tokens.length; from += span) {
      int[] part = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + span));
      if (visitor == null) {
        session.prefill(part);
      } else {
        int first = from;
        session.prefill(part, (i, logits) -> visitor.visit(first + i, logits));
      }
    }
  }
}
