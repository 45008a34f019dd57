package dev.rwkv.cli.figure;

import dev.rwkv.error.CheckpointException;
import dev.rwkv.error.InvalidArgumentException;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/** The file of one figure, SVG or PNG by its name; needs no display. */
public final class FigureFile {
  /** Pixels of a PNG for each unit of the figure, so that it is sharp on screens of today. */
  private static final int PIXELS = 2;

  private final Path file;
  private final boolean vectors;

  private FigureFile(Path file, boolean vectors) {
    this.file = file;
    this.vectors = vectors;
  }

  /**
   * Looks at the name, and whether text can be drawn, before anything is computed for it.
   *
   * @param option the option that names the file
   * @throws InvalidArgumentException if the name ends neither in .svg nor in .png, or this Java has
   *     no fonts
   */
  public static FigureFile of(String option, Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".svg") && !name.endsWith(".png")) {
      throw new InvalidArgumentException(
          option, file + ": a figure is SVG or PNG, let the name end in .svg or .png");
    }
    requireFonts(option);
    return new FigureFile(file, name.endsWith(".svg"));
  }

  /** Looks whether text can be drawn. */
  static void requireFonts(String option) {
    System.setProperty("java.awt.headless", "true");
    try {
      new Font(Font.SANS_SERIF, Font.PLAIN, 1)
          .getStringBounds("x", new FontRenderContext(null, true, true));
    } catch (RuntimeException | InternalError | LinkageError e) {
      // How a Java without fonts says so differs from version to version.
      throw new InvalidArgumentException(
          option, "figures need a font, install one such as fonts-dejavu-core (" + e + ")");
    }
  }

  /**
   * Draws a chart into the file, replacing what is there.
   *
   * @throws CheckpointException if it cannot be written
   */
  public void write(Chart<?, ?> chart) {
    if (vectors) {
      Svg.write(chart, file);
      return;
    }
    BufferedImage image =
        new BufferedImage(
            PIXELS * chart.getWidth(), PIXELS * chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(PIXELS, PIXELS);
    chart.paint(graphics, chart.getWidth(), chart.getHeight());
    graphics.dispose();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be written: " + e.getMessage(), e);
    }
  }
}
