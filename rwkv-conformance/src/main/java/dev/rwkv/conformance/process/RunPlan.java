package dev.rwkv.conformance.process;

import dev.rwkv.conformance.requirement.Tier;
import java.time.Duration;
import java.util.List;

/**
 * What a worker is to do.
 *
 * @param backend a name or a provider's class, see {@link
 *     dev.rwkv.conformance.subject.Subject#named}
 * @param tier how hard to look
 * @param seed of the whole run
 * @param requirementLimit tests of one requirement that take longer count as hanging
 * @param requirements ids, in the order in which they are tested
 */
record RunPlan(
    String backend, Tier tier, long seed, Duration requirementLimit, List<String> requirements) {

  RunPlan from(int index) {
    return new RunPlan(
        backend, tier, seed, requirementLimit, requirements.subList(index, requirements.size()));
  }
}
