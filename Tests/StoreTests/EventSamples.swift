import Bytes
import Events
import Store
import TestKit

/// Random events of several sources, and random questions about them.
struct EventSamples {
  private var random: SeededRandom
  /// 2026-11-27T00:00:00Z.
  static let start: Int64 = 1_795_737_600_000_000_000
  private static let users = ["kim", "dana", "system:node:node-1", "system:serviceaccount:ci:runner", "Ünal", "a b"]
  /// As JSON may spell them: the last is one of those above.
  private static let spelledUsers = users + [#"\u00dcnal"#]
  private static let commands = words + ["login --password hunter2", "curl https://kim:hunter2@example.com/"]
  private static let verbs = ["get", "list", "create", "delete", "watch"]
  private static let resources = ["pods", "secrets", "nodes", "configmaps"]
  private static let words = ["timeout", "refused", "upstream", "Connection", "db-7", "10.0.0.7", "käse", "id=5"]

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private mutating func pick<T>(_ list: [T]) -> T { list[Int(random.next() % UInt64(list.count))] }
  private mutating func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

  private mutating func time() -> String {
    Timestamp(nanoseconds: Self.start + Int64(number(7_200)) * 1_000_000_000 + Int64(number(1000)) * 1_000_000).text
  }

  /// One record of some source; some are the same as another one, some have no time, some are no record at all.
  mutating func record() -> String {
    switch number(12) {
    case 0...5:
      let user = pick(Self.spelledUsers)
      let verb = pick(Self.verbs)
      let resource = pick(Self.resources)
      return
        #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-\#(number(500))","stage":"ResponseComplete","requestURI":"/api/v1/\#(resource)?q=\#(number(9))","verb":"\#(verb)","user":{"username":"\#(user)","groups":["g\#(number(3))"]},"sourceIPs":["10.0.\#(number(4)).\#(number(9))"],"userAgent":"kubectl/v1","objectRef":{"resource":"\#(resource)","namespace":"ns-\#(number(3))","name":"n\#(number(20))"},"responseStatus":{"code":\#(pick([200, 201, 403, 404]))},"requestReceivedTimestamp":"\#(time())","stageTimestamp":"\#(time())"}"#
    case 6:
      return
        #"{"output":"Shell in \#(pick(Self.words))","priority":"Warning","rule":"Terminal shell","source":"syscall","time":"\#(time())","output_fields":{"user.name":"\#(pick(Self.users))","proc.cmdline":"sh -c \#(pick(Self.commands))"}}"#
    case 7:
      return
        #"{"msg":"\#(pick(Self.words)) \#(pick(Self.words))","n":\#(number(50)),"nested":{"list":[1,\#(number(5))]}}"#
    case 8: return "\(time()) stdout F \(pick(Self.words)) \(pick(Self.words)) \(number(100))"
    case 9: return "\(pick(Self.words)) \(pick(Self.words)) \(number(100))"
    case 10: return "level=info msg=\"\(pick(Self.words))\" n=\(number(9))"
    default: return #"{"broken": "\#(pick(Self.words))", "n": \#(number(9))"#
    }
  }

  /// - Parameter receivedAt: nanoseconds.
  mutating func batch(_ count: Int, receivedAt: Int64) -> EventBatch {
    var options = DecodeOptions()
    options.receivedAt = Timestamp(nanoseconds: receivedAt)
    var text = (0..<count).map { _ in record() }.joined(separator: "\n")
    if number(3) == 0 { text += "\n" }
    var envelope = Envelope.none
    if number(2) == 0 { envelope[.bartizanSender] = "sender-\(number(2))" }
    if number(4) == 0 { envelope[.orchestratorClusterName] = "c\(number(2))" }
    return EventDecoder.decode(Array(text.utf8), options: options, envelope: envelope)
  }

  // MARK: Questions

  mutating func query(_ depth: Int = 0) -> String {
    switch number(depth < 2 ? 14 : 10) {
    case 0: return "user.name: \"\(pick(Self.users))\""
    case 1: return "event.action: \(pick(Self.verbs))"
    case 2: return "http.response.status_code >= \(pick([200, 300, 403, 404]))"
    case 3: return "user.name: \(pick(["k*", "system\\:*", "*a*", "*"]))"
    case 4: return "source.ip: \"10.0.\(number(4)).0/24\""
    case 5: return pick(Self.words + ["hunter2", "login", "curl"])
    case 6: return "\"\(pick(Self.words)) \(pick(Self.words))\""
    case 7: return "\(pick(["n", "nested.list", "auditID", "objectRef.name", "user.groups"])): \(number(20))"
    case 8: return "@timestamp >= \"\(time())\""
    case 9:
      return pick([
        "event.dataset: kubernetes.audit", "event.dataset: unparsed", "bartizan.sender: sender-1",
        "orchestrator.cluster.name: c1", "tim*", "message: \"\(pick(Self.words))\"", "objectRef.name: n\(number(20))",
        "process.command_line: *hunter2*", "*",
      ])
    case 10: return "(\(query(depth + 1)) and \(query(depth + 1)))"
    case 11: return "(\(query(depth + 1)) or \(query(depth + 1)))"
    case 12: return "not \(query(depth + 1))"
    default: return "(not \(query(depth + 1)) and \(query(depth + 1)))"
    }
  }

  mutating func range() -> TimeRange {
    var range = TimeRange()
    if number(3) == 0 { range.since = Timestamp(nanoseconds: Self.start + Int64(number(7_200)) * 1_000_000_000) }
    if number(3) == 0 { range.until = Timestamp(nanoseconds: Self.start + Int64(number(7_200)) * 1_000_000_000) }
    // Whole minutes are counted in another way than other bounds.
    if flip() {
      func whole(_ moment: Timestamp?) -> Timestamp? {
        moment.map { Timestamp(nanoseconds: $0.nanoseconds / 60_000_000_000 * 60_000_000_000) }
      }
      range = TimeRange(since: whole(range.since), until: whole(range.until))
    }
    return range
  }

  mutating func flip() -> Bool { number(2) == 0 }
  mutating func upTo(_ limit: Int) -> Int { number(limit) }
}
