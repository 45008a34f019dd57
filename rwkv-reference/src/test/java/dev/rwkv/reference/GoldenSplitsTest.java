package dev.rwkv.reference;

import dev.rwkv.Model;
import dev.rwkv.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** The golden is met however its tokens are cut into spans. */
@AddLifecycleHook(SkipWithoutSharedData.class)
class GoldenSplitsTest {

  @Property(tries = 25)
  void everySplitMeetsTheGolden(
      @ForAll @Size(max = 8) List<@IntRange(min = 0, max = 100) Integer> cuts,
      @ForAll boolean visit) {
    GoldenTest.Golden golden = GoldenTest.Golden.of("mini-v4-a-fp32");
    try (golden;
        Model model = GoldenTest.open("mini-v4-a-fp32.pth");
        Session session = model.newSession()) {
      List<Integer> ends = new ArrayList<>(cuts);
      ends.add(100);
      Collections.sort(ends);
      int from = 0;
      for (int end : ends) {
        int start = from;
        int[] span = Arrays.copyOfRange(golden.tokens(), from, end);
        if (visit) {
          session.prefill(
              span, (i, logits) -> golden.assertLogits(start + i, logits.toDoubles(), 1e-9));
        } else {
          session.prefill(span);
        }
        if (end > 0) {
          golden.assertLogits(end - 1, session.logits().toDoubles(), 1e-9);
        }
        from = end;
      }
      golden.assertState(session.snapshot(), 1e-9);
    }
  }
}
