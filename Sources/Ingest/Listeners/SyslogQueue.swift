import Server
import Synchronization

/// Datagrams between the socket and the store.
///
/// A sender of datagrams cannot be made to wait. Those that come faster than they are stored wait here, up to a bound; what comes
/// beyond it is dropped, and counted.
final class SyslogQueue: DatagramService {
  private let waiting: Waiting
  private let senders: SyslogSenders
  private let noted: @Sendable (ListenerNote) -> Void
  private let wake: AsyncStream<Void>.Continuation
  private let worker: Task<Void, Never>

  init(
    _ configuration: SyslogListener.Configuration, _ senders: SyslogSenders, _ intake: Intake,
    _ noted: @escaping @Sendable (ListenerNote) -> Void
  ) {
    self.senders = senders
    self.noted = noted
    let waiting = Waiting(configuration)
    self.waiting = waiting
    let (signals, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.wake = wake
    worker = Task {
      for await _ in signals { await Self.store(waiting.takeAll(), intake, noted) }
      await Self.store(waiting.takeAll(), intake, noted)
    }
  }

  /// Datagrams that wait.
  var count: Int { waiting.count }

  func receive(_ bytes: [UInt8], from address: String) -> [UInt8]? {
    guard senders.allows(address) else {
      noted(.refused(.address))
      return nil
    }
    // What ends a message elsewhere is no part of it here either.
    var range = bytes.indices
    while let last = range.last, bytes[last] == 0x0A || bytes[last] == 0x0D || bytes[last] == 0 { range.removeLast() }
    guard !range.isEmpty else { return nil }
    if waiting.add(bytes[range], from: address) { wake.yield() } else { noted(.refused(.queue)) }
    return nil
  }

  /// Stores what waits. What cannot be stored in time is lost, and said to be.
  func stop(within time: Duration) async {
    wake.finish()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [worker] in await worker.value }
      group.addTask { try? await Task.sleep(for: time) }
      await group.next()
      group.cancelAll()
      worker.cancel()
      await group.waitForAll()
    }
  }

  private static func store(
    _ batches: [Waiting.Batch], _ intake: Intake, _ noted: @escaping @Sendable (ListenerNote) -> Void
  ) async {
    // Together, so that the disk is waited for once.
    await withTaskGroup(of: Void.self) { group in
      for batch in batches {
        group.addTask {
          _ = await SyslogSource(address: batch.address, name: nil).keep(batch.bytes, batch.messages, intake, noted)
        }
      }
    }
  }
}

/// What has been received and not been stored, by sender.
private final class Waiting: Sendable {
  struct Batch: Sendable {
    let address: String
    var bytes: [UInt8] = []
    var messages: [Range<Int>] = []
  }

  private struct State {
    var batches: [Batch] = []
    var places: [String: Int] = [:]
    var count = 0
    var bytes = 0
  }

  private let state = Mutex(State())
  private let mostDatagrams: Int
  private let mostBytes: Int

  init(_ configuration: SyslogListener.Configuration) {
    mostDatagrams = configuration.queuedDatagrams
    mostBytes = configuration.queuedBytes
  }

  var count: Int { state.withLock { $0.count } }

  /// - Returns: whether there was room.
  func add(_ message: ArraySlice<UInt8>, from address: String) -> Bool {
    state.withLock { state in
      guard state.count < mostDatagrams, state.bytes + message.count <= mostBytes else { return false }
      state.count += 1
      state.bytes += message.count
      let place = state.places[address] ?? state.batches.count
      if place == state.batches.count {
        state.places[address] = place
        state.batches.append(Batch(address: address))
      }
      let start = state.batches[place].bytes.count
      state.batches[place].bytes += message
      state.batches[place].messages.append(start..<start + message.count)
      return true
    }
  }

  func takeAll() -> [Batch] {
    state.withLock { state in
      let all = state.batches
      state = State()
      return all
    }
  }
}
