/**
 * From tokens to text: tokenizers, sampling, generation and chat over any model. It knows the API
 * alone, no backend and no checkpoint format.
 */
module dev.rwkv.text {
  requires transitive dev.rwkv;
  requires static org.jspecify;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires tools.jackson.databind;

  // DJL's jars have no descriptors of their own that could say that they need these.
  requires com.google.gson;
  requires org.slf4j;

  exports dev.rwkv.text;
  exports dev.rwkv.text.evaluation;
}
