import Synchronization

/// What all connections of a listener hold together, against its bounds.
final class ServerLoad: Sendable {
  private struct State {
    var connections = 0
    var byAddress: [String: Int] = [:]
    var requests = 0
    var bytes = 0
  }

  private let limits: ServerLimits
  private let state = Mutex(State())

  init(_ limits: ServerLimits) { self.limits = limits }

  /// - Returns: whether there is room for the connection; it must be left where there is.
  func enter(_ address: String) -> Bool {
    state.withLock { state in
      guard state.connections < limits.connections,
        state.byAddress[address, default: 0] < limits.connectionsPerAddress
      else { return false }
      state.connections += 1
      state.byAddress[address, default: 0] += 1
      return true
    }
  }

  func leave(_ address: String) {
    state.withLock { state in
      state.connections -= 1
      let left = state.byAddress[address, default: 1] - 1
      state.byAddress[address] = left > 0 ? left : nil
    }
  }

  /// - Returns: whether the bytes may be held; they must be released where they may.
  func hold(_ bytes: Int) -> Bool {
    state.withLock { state in
      guard state.bytes + bytes <= limits.heldBytes else { return false }
      state.bytes += bytes
      return true
    }
  }

  func release(_ bytes: Int) { state.withLock { $0.bytes -= bytes } }

  /// - Returns: whether one more request may be worked on; its end must be told where it may.
  func begin() -> Bool {
    state.withLock { state in
      guard state.requests < limits.requests else { return false }
      state.requests += 1
      return true
    }
  }

  func end() { state.withLock { $0.requests -= 1 } }

  var connections: Int { state.withLock { $0.connections } }
  var requests: Int { state.withLock { $0.requests } }
  /// Bytes that are held.
  var bytes: Int { state.withLock { $0.bytes } }
}
