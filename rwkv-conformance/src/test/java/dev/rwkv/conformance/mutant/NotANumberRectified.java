package dev.rwkv.conformance.mutant;

/** A maximum that NaN loses, as those of most devices are. */
@Breaks(
    value = "RWKV-ERR-002",
    how = "squares 0 where a key of the channel-mix is no number",
    quick = true)
public final class NotANumberRectified extends HonestBackend {
  @Override
  protected float[] squaredRelu(float[] k) {
    float[] numbers = k.clone();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = numbers[i] > 0 ? numbers[i] : 0;
    }
    return super.squaredRelu(numbers);
  }
}
