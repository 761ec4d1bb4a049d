import Dispatch

/// A reader of bytes that somebody else wrote.
struct FuzzTarget: Sendable {
  let name: String
  /// Reads them. Whatever they are, it comes back: with an answer, or with an error that the reader throws.
  let read: @Sendable (_ bytes: [UInt8]) throws -> Void

  init(name: String, read: @escaping @Sendable (_ bytes: [UInt8]) throws -> Void) {
    self.name = name
    self.read = read
  }

  /// A reader that waits. The fuzzer's thread, which is none of the tasks', waits for it.
  init(name: String, waiting read: @escaping @Sendable (_ bytes: [UInt8]) async throws -> Void) {
    self.name = name
    self.read = { bytes in
      let done = DispatchSemaphore(value: 0)
      Task.detached {
        try? await read(bytes)
        done.signal()
      }
      done.wait()
    }
  }

  /// All targets. A new reader is one line in the list that it belongs to.
  static let all = archives + documents + texts + images + cluster + events + network + trust
}
