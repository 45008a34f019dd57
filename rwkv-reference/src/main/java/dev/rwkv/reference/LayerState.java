package dev.rwkv.reference;

/**
 * The state of one block.
 *
 * @param timeMixShift the previous token's ln1 output, [C]
 * @param wkv the sums of WKV
 * @param channelMixShift the previous token's ln2 output, [C]
 */
record LayerState(Bounded timeMixShift, WkvState wkv, Bounded channelMixShift) {}
