package dev.rwkv.conformance.mutant;

/** A maximum of whole vectors that NaN loses, and a scalar one for the tail that it wins. */
@Breaks(
    value = "RWKV-ERR-002",
    how = "squares 0 where one of eight keys of the channel-mix is no number, but not in a tail",
    quick = true)
public final class NotANumberRectifiedInVectors extends HonestBackend {
  @Override
  protected float[] squaredRelu(float[] k) {
    float[] numbers = k.clone();
    for (int i = 0; i < numbers.length / 8 * 8; i++) {
      numbers[i] = numbers[i] > 0 ? numbers[i] : 0;
    }
    return super.squaredRelu(numbers);
  }
}
