package dev.rwkv.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PythonLiteralTest {

  @Test
  void everyEscapeOfAStringIsRead() {
    assertThat(text("'\\\\ \\' \\\" \\n \\r \\t \\x41 \\xe9 \\u4e2d \\U0001f600'"))
        .isEqualTo("\\ ' \" \n \r \t A é 中 😀");
    assertThat(text("\"it's\"")).isEqualTo("it's");
    assertThat(text("' '")).isEqualTo(" ");
  }

  @Test
  void aHexadecimalEscapeIsACharacterInAStringAndAByteInBytes() {
    assertThat(PythonLiteral.bytes("'\\xff'")).containsExactly(0xC3, 0xBF);
    assertThat(PythonLiteral.bytes("b'\\xff'")).containsExactly(0xFF);
    assertThat(PythonLiteral.bytes("b\"'\"")).containsExactly('\'');
  }

  @Property
  void writingEveryByteAsAnEscapeGivesItBack(@ForAll byte[] bytes) {
    StringBuilder literal = new StringBuilder("b'");
    for (byte b : bytes) {
      literal.append(String.format("\\x%02x", b));
    }
    assertThat(PythonLiteral.bytes(literal + "'")).isEqualTo(bytes);
  }

  @Property
  void whateverIsWrittenItIsReadOrRefused(@ForAll String noise) {
    for (String source : new String[] {noise, "'" + noise + "'", "b\"" + noise + "\""}) {
      try {
        PythonLiteral.bytes(source);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("index");
      }
    }
  }

  private static String text(String literal) {
    return new String(PythonLiteral.bytes(literal), StandardCharsets.UTF_8);
  }
}
