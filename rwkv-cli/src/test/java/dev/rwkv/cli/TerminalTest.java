package dev.rwkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void aModelCannotCommandTheTerminal() {
    assertThat(Terminal.withoutControls("a\u001b[2Jb\u0007\u009b1mé 世界\n\tc"))
        .isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFD1mé 世界\n\tc");
  }
}
