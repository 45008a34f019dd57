/** The {@code rwkv} command. */
module dev.rwkv.cli {
  requires dev.rwkv;
  requires dev.rwkv.checkpoint;
  requires dev.rwkv.conformance;
  requires dev.rwkv.model.shakespeare;
  requires dev.rwkv.reference;
  requires dev.rwkv.text;
  requires dev.rwkv.train;
  requires dev.rwkv.vector;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires jdk.management;
  requires me.tongfei.progressbar;
  requires org.apache.xmlgraphics.batik.svggen;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires static org.jspecify;
  requires tools.jackson.databind;
  requires xchart;

  opens dev.rwkv.cli to
      info.picocli;
}
