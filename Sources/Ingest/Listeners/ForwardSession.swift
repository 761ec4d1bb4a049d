import Bytes
import Crypto
import Events
import Server

/// Connections of Fluent Forward.
struct ForwardService: StreamService {
  let configuration: ForwardListener.Configuration
  let intake: Intake
  let noted: @Sendable (ListenerNote) -> Void

  func admits(_ address: String) -> Bool { true }

  func refused(_ refusal: StreamRefusal, from address: String) { noted(.refused(FrameRefusal(refusal))) }

  func serve(_ connection: StreamConnection) async {
    var session = ForwardSession(
      connection: connection, configuration: configuration, intake: intake, noted: noted)
    guard await session.greet() else { return }
    await session.run()
  }
}

extension FrameRefusal {
  init(_ refusal: StreamRefusal) {
    self =
      switch refusal {
      case .address: .address
      case .connections: .connections
      case .handshake: .handshake
      }
  }
}

/// One connection of Fluent Forward, from its greeting to its end.
private struct ForwardSession {
  let connection: StreamConnection
  let configuration: ForwardListener.Configuration
  let intake: Intake
  let noted: @Sendable (ListenerNote) -> Void

  private var sender = "unauthenticated"
  private var buffer: [UInt8] = []
  private var scanner: MessagePackScanner
  private let limits: ForwardMessage.Limits
  /// Records without an id, by tag, that arrived together.
  private var pending: [Pending] = []

  private struct Pending: Sendable {
    let tag: String
    var records: [UInt8]
    var ranges: [Range<Int>]
  }

  /// Bytes of records, and tags, that are put together before they are stored.
  private static let pendingBytes = 4 << 20
  private static let pendingTags = 64
  private static let answerTime = Duration.seconds(30)

  init(
    connection: StreamConnection, configuration: ForwardListener.Configuration, intake: Intake,
    noted: @escaping @Sendable (ListenerNote) -> Void
  ) {
    self.connection = connection
    self.configuration = configuration
    self.intake = intake
    self.noted = noted
    var limits = ForwardMessage.Limits()
    limits.bytes = configuration.messageBytes
    limits.expanded = configuration.messageBytes
    limits.records = 2 * configuration.messageBytes
    self.limits = limits
    scanner = MessagePackScanner(limit: limits.bytes, depth: ForwardMessage.depth)
  }

  private func refuse(_ refusal: FrameRefusal) { noted(.refused(refusal)) }

  // MARK: Greeting

  /// - Returns: whether the client may go on.
  mutating func greet() async -> Bool {
    guard let key = configuration.sharedKey else { return true }
    var random = SystemRandomNumberGenerator()
    func bytes() -> [UInt8] { (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) } }
    let handshake = ForwardHandshake(
      key: key, users: configuration.users, name: configuration.name, nonce: bytes(), salt: bytes())
    let began = ContinuousClock.now
    guard await connection.write(handshake.helo, within: configuration.handshake) else {
      refuse(.late)
      return false
    }
    var scanner = MessagePackScanner(limit: ForwardHandshake.pingBytes, depth: ForwardHandshake.pingDepth)
    while true {
      let left = configuration.handshake - (ContinuousClock.now - began)
      guard left > .zero else {
        refuse(.late)
        return false
      }
      switch await connection.read(within: left) {
      case .bytes(let more): buffer += more
      case .ended, .stopping:
        if !buffer.isEmpty { refuse(.cut) }
        return false
      case .late:
        refuse(.late)
        return false
      }
      switch scanner.scan(buffer.span, from: 0) {
      case .incomplete: continue
      case .faulty(let fault):
        refuse(FrameRefusal(fault))
        return false
      case .complete(let end):
        let (reply, verdict) = handshake.pong(buffer, 0..<end)
        buffer.removeFirst(end)
        let isSent = await connection.write(reply, within: Self.answerTime)
        switch verdict {
        case .refused:
          refuse(.unauthorized)
          return false
        case .known(let name):
          sender = connection.peer.address.isEmpty ? name : "\(name)@\(connection.peer.address)"
          return isSent
        }
      }
    }
  }

  // MARK: Messages

  mutating func run() async {
    var began = ContinuousClock.now
    // What came with the greeting.
    if !buffer.isEmpty { guard await drain() else { return } }
    while true {
      let isWithin = !buffer.isEmpty
      switch await connection.read(within: isWithin ? configuration.stall : configuration.idle) {
      case .bytes(let more):
        if !isWithin { began = .now }
        guard connection.hold(buffer.count + more.count) else { return refuse(.memory) }
        buffer += more
        let before = buffer.count
        guard await drain() else { return }
        if buffer.count < before { began = .now }
        guard buffer.isEmpty || ContinuousClock.now - began < configuration.message else { return refuse(.late) }
      case .ended:
        if isWithin { refuse(.cut) }
        return
      case .late:
        if isWithin { refuse(.late) }
        return
      case .stopping: return
      }
    }
  }

  /// Takes every message that is whole.
  ///
  /// - Returns: whether the connection goes on.
  private mutating func drain() async -> Bool {
    var place = 0
    var fault: FrameRefusal?
    scan: while fault == nil {
      var scanner = scanner
      let step = scanner.scan(buffer.span, from: place)
      self.scanner = scanner
      switch step {
      case .incomplete: break scan
      case .faulty(let found): fault = FrameRefusal(found)
      case .complete(let end):
        do throws(ForwardMessage.Failure) {
          let message = try ForwardMessage.read(buffer, place..<end, limits: limits)
          if let message, !(await take(message, place..<end)) { return false }
        } catch {
          fault = FrameRefusal(error)
        }
        place = end
      }
    }
    // What came before the fault was right.
    guard await flush() else { return false }
    if let fault {
      refuse(fault)
      return false
    }
    buffer.removeFirst(place)
    return connection.hold(buffer.count)
  }

  private mutating func take(_ message: ForwardMessage, _ range: Range<Int>) async -> Bool {
    // Records may be many times larger than what they came in, and stay while the store has no room.
    let waiting = pending.reduce(message.records.count) { $0 + $1.records.count }
    guard connection.hold(buffer.count + waiting) else {
      refuse(.memory)
      return false
    }
    guard let chunk = message.chunk else {
      guard !message.ranges.isEmpty else { return true }
      return await put(message)
    }
    // In their order, as the sender waits for it.
    guard await flush() else { return false }
    if !message.ranges.isEmpty {
      // An id alone is the sender's choice: what another sender sent under it is not taken for the same.
      let sum = Hex.text(SHA256.hash(data: buffer[range]))
      let key = EventDelivery.Key.whole("forward:\(String(decoding: chunk, as: UTF8.self)):\(sum)")
      guard await keep(Pending(tag: message.tag, records: message.records, ranges: message.ranges), key) else {
        return false
      }
    }
    var writer = MessagePackWriter()
    writer.map(1)
    writer.string("ack")
    writer.string(chunk)
    guard await connection.write(writer.bytes, within: Self.answerTime) else {
      refuse(.late)
      return false
    }
    return true
  }

  private mutating func put(_ message: ForwardMessage) async -> Bool {
    if let index = pending.firstIndex(where: { $0.tag == message.tag }) {
      let start = pending[index].records.count
      pending[index].records += message.records
      pending[index].ranges += message.ranges.map { $0.lowerBound + start..<$0.upperBound + start }
      return pending[index].records.count < Self.pendingBytes ? true : await flush()
    }
    pending.append(Pending(tag: message.tag, records: message.records, ranges: message.ranges))
    return pending.count < Self.pendingTags && message.records.count < Self.pendingBytes ? true : await flush()
  }

  private mutating func flush() async -> Bool {
    let all = pending
    pending = []
    if all.count < 2 {
      guard let one = all.first else { return true }
      return await keep(one, .none)
    }
    // Together, so that the disk is waited for once.
    return await withTaskGroup(of: Bool.self) { group in
      for one in all { group.addTask { [self] in await keep(one, .none) } }
      var isKept = true
      for await result in group { isKept = isKept && result }
      return isKept
    }
  }

  private func keep(_ batch: Pending, _ key: EventDelivery.Key) async -> Bool {
    var envelope = ForwardTag.envelope(batch.tag)
    if !connection.peer.address.isEmpty { envelope.append(Envelope.Entry(.logSourceAddress, connection.peer.address)) }
    let outcome = await intake.keep(
      batch.records, messages: batch.ranges, ForwardListener.name, from: sender, envelope: envelope, key: key
    ) { [noted] in noted(.waiting($0)) }
    guard let outcome else {
      if key == .none { noted(.lost(messages: batch.ranges.count)) }
      return false
    }
    noted(.taken(events: outcome.count, repeated: outcome.repeated.count, bytes: batch.records.count))
    return true
  }
}

extension FrameRefusal {
  init(_ fault: MessagePackScanner.Fault) {
    self =
      switch fault {
      case .reserved: .malformed
      case .deep: .tooDeep
      case .large: .tooLarge
      }
  }

  init(_ failure: ForwardMessage.Failure) {
    self =
      switch failure {
      case .malformed: .malformed
      case .large: .tooLarge
      case .compression: .compression
      case .signal: .signal
      }
  }
}

/// What a tag says about the records under it.
enum ForwardTag {
  private static let containers = "var.log.containers."

  /// The tag itself, and of the tags that collectors give to the logs of containers the pod: the name of the file, whose slashes
  /// became dots.
  static func envelope(_ tag: String) -> [Envelope.Entry] {
    guard !tag.isEmpty else { return [] }
    var entries = [Envelope.Entry(.eventProvider, tag)]
    if let found = tag.firstRange(of: containers) {
      entries += Envelope(path: "/var/log/containers/" + tag[found.upperBound...]).entries
    }
    return entries
  }
}
