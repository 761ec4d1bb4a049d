import Bytes
import FakeCluster
import Glibc
import TestKit
import Testing

/// Each kind is taken away from a live cluster in turn, by refusal and by a list that breaks off: no command gives an answer
/// in any format that is another than that of the whole cluster, and does not say so.
@Suite struct UnseenLiveKindTests {
  private struct Live {
    let folder: TemporaryFolder
    let cluster: FakeCluster
    let commands: [ClusterCommands.Command]

    init(_ behaviour: FakeCluster.Behaviour = .init()) async throws {
      folder = try TemporaryFolder()
      cluster = try await FakeCluster(SmallShop.resources, behaviour, tls: nil)
      try ClusterCommands.write(to: folder, port: cluster.port)
      commands = ClusterCommands.all(folder.path)
    }

    func run(_ command: ClusterCommands.Command, _ format: String) async throws -> Answer {
      let run = try await CommandRun(
        command.arguments(format) + ["--kubeconfig", folder.path + "/kubeconfig", "--context", "shop"],
        environment: ["HOME": folder.path, "PATH": "", "SOURCE_DATE_EPOCH": "1764000000"])
      let output = run.outputText.replacing(folder.path, with: "FOLDER")
      return Answer(status: run.status, output: output, error: run.errorText)
    }
  }

  struct Answer: Sendable, Equatable {
    let status: Int32
    let output: String
    let error: String
  }

  /// The answers of the whole cluster, by command and format.
  private static let whole = Task { () async throws -> [String: Answer] in
    let live = try await Live()
    var answers: [String: Answer] = [:]
    for command in live.commands {
      for format in command.formats { answers["\(command) \(format)"] = try await live.run(command, format) }
    }
    await live.cluster.close()
    return answers
  }

  @Test func everyCommandThatReadsAClusterIsAsked() throws {
    let asked = Set(ClusterCommands.all("").map(\.name))
    #expect(asked == ClusterCommands.known)
  }

  @Test func theWholeClusterIsAnswered() async throws {
    for (question, answer) in try await Self.whole.value {
      #expect(answer.status < 2, "\(question): \(answer.status) \(answer.error)")
    }
  }

  @Test(arguments: SmallShop.resources.map(\.text)) func aRefusedKindIsNotAnsweredAsAbsent(_ kind: String) async throws
  {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = [kind]
    let live = try await Live(behaviour)
    for (command, format) in Self.questions(live, kind) {
      try await Self.judge(live, command, format, says: "you may not list \(kind)")
    }
    // What the server said beforehand is not asked for: nothing was refused.
    #expect(!live.cluster.log.contains { $0.uri.contains("/\(kind.prefix { $0 != "." })?") })
    await live.cluster.close()
  }

  @Test(arguments: SmallShop.resources.map(\.text)) func aBrokenListIsNotAnsweredAsAWhole(_ kind: String) async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.cutOff = [kind]
    let live = try await Live(behaviour)
    for (command, format) in Self.questions(live, kind) {
      try await Self.judge(live, command, format, says: "broke off")
    }
    await live.cluster.close()
  }

  /// All of them take a quarter of an hour: a share of the commands for each kind, another for the next one, in a format of
  /// theirs; all with `BARTIZAN_THOROUGH=1`.
  private static func questions(_ live: Live, _ kind: String) -> [(ClusterCommands.Command, String)] {
    // What is saved is what was seen: the archive holds what was refused, and the answer names it.
    let all = live.commands.filter { $0.name != "snapshot save" }
      .flatMap { command in command.formats.map { (command, $0) } }
    if getenv("BARTIZAN_THOROUGH") != nil { return all }
    let place = SmallShop.resources.firstIndex { $0.text == kind } ?? 0
    return all.enumerated().filter { ($0.offset + place) % 12 == 0 }.map(\.element)
  }

  /// The text without the number of objects that a scan read, and without sums of the scratch folder's name.
  private static func uncounted(_ text: String) -> String {
    text.replacing(/"objects": \d+|\d+ objects/, with: "objects")
      .replacing(/"bartizan-place\/v1": "[0-9a-f]+"/, with: "place")
  }

  private static func judge(
    _ live: Live, _ command: ClusterCommands.Command, _ format: String, says reason: String
  ) async throws {
    let whole = try await Self.whole.value["\(command) \(format)"]
    let answer = try await live.run(command, format)
    // An answer that is the same did not rest on the kind; how many objects were read is no answer.
    if answer.status == whole?.status, uncounted(answer.output) == whole.map({ uncounted($0.output) }) { return }
    #expect(
      answer.status == 3 || answer.status == 1 && whole?.status == 1,
      "\(command) \(format): exit code \(answer.status)\n\(answer.output)\n\(answer.error)")
    let said = [answer.output, answer.error.split(separator: "\n").filter { $0.contains("not seen") }.joined()]
      .joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(said.contains(reason), "\(command) \(format): \(answer.output)")
  }
}
