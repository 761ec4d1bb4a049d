import CZstd
import Synchronization

/// What zstd works with: some megabytes that are made once and used again, since making them costs as much as compressing
/// what is small.
final class ZstandardCompressor: Sendable {
  /// Used by one thread at a time: whoever took it.
  private nonisolated(unsafe) let context: OpaquePointer

  private static let idle = Mutex<[ZstandardCompressor]>([])
  /// Maximum number that wait to be used again.
  private static let mostIdle = 4

  private init(_ context: OpaquePointer) { self.context = context }

  deinit { ZSTD_freeCCtx(context) }

  /// - Returns: nil when memory runs out.
  static func take() -> ZstandardCompressor? {
    if let known = idle.withLock({ $0.popLast() }) { return known }
    return ZSTD_createCCtx().map { ZstandardCompressor($0) }
  }

  /// For the next that needs one.
  func giveBack() {
    Self.idle.withLock { if $0.count < Self.mostIdle { $0.append(self) } }
  }

  /// - Returns: the number of bytes that were made; nil where it failed.
  func pack(
    _ bytes: UnsafeRawBufferPointer, _ effort: Zstandard.Effort, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, effort.level)
    if let log = effort.windowLog { ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log) }
    if let log = effort.hashLog { ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, log) }
    let made = ZSTD_compress2(context, output.baseAddress, output.count, bytes.baseAddress, bytes.count)
    return ZSTD_isError(made) == 0 ? made : nil
  }
}
