import Dispatch

/// Runs work that takes a while and blocks, such as reading from a database, beside the threads of Swift's tasks: those
/// are as few as there are processors, and must not wait.
enum Offload {
  private static let queue = DispatchQueue(label: "dev.bartizan.store", attributes: .concurrent)

  static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }
}
