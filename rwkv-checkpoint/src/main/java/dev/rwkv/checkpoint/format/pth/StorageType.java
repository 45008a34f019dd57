package dev.rwkv.checkpoint.format.pth;

import dev.rwkv.tensor.DType;

/** The storages of torch that hold weights. */
enum StorageType {
  FLOAT("torch.FloatStorage", DType.F32),
  HALF("torch.HalfStorage", DType.F16),
  BFLOAT16("torch.BFloat16Storage", DType.BF16);

  private final String pickledName;
  private final DType dtype;

  StorageType(String pickledName, DType dtype) {
    this.pickledName = pickledName;
    this.dtype = dtype;
  }

  /** The name that a pickle uses. */
  String pickledName() {
    return pickledName;
  }

  /** The type of the elements. */
  DType dtype() {
    return dtype;
  }
}
