/** A small model of Shakespeare's plays. */
module dev.rwkv.model.shakespeare {
  requires static org.jspecify;

  exports dev.rwkv.model.shakespeare;
}
