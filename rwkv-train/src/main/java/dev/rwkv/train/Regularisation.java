package dev.rwkv.train;

import dev.rwkv.error.InvalidArgumentException;

/**
 * What is done to a step so that it learns no nonsense.
 *
 * @param l2Wrap whether the gradient of each position's largest logit gets 10⁻⁴/(B·T) times that
 *     logit, so that logits do not drift (RWKV-LM; after PaLM's auxiliary loss)
 * @param dropout the share of the embedding and of what each half of a block adds to the residual
 *     that is set to zero, from 0 to less than 1; the rest is scaled up
 * @param dropoutSeed another seed, another choice; take a new one for every step
 */
public record Regularisation(boolean l2Wrap, double dropout, long dropoutSeed) {
  /** Nothing. */
  public static final Regularisation NONE = new Regularisation(false, 0, 0);

  /** L2Wrap alone. */
  public static final Regularisation L2_WRAP = new Regularisation(true, 0, 0);

  /** Checks the share. */
  public Regularisation {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new InvalidArgumentException(
          "dropout", dropout + " is not a share: choose 0 or more, and less than 1");
    }
  }
}
