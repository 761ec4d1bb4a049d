import NIOCore
import Synchronization

/// The open connections of a listener.
final class OpenChannels: Sendable {
  private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    open.withLock { $0[id] = channel }
    channel.closeFuture.whenComplete { [self] _ in open.withLock { $0[id] = nil } }
  }

  var all: [any Channel] { open.withLock { Array($0.values) } }
}
