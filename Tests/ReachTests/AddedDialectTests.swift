import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

/// A dialect is one file and one line in a list, as `docs/how-to/add-a-policy-dialect.md` says.
@Suite struct AddedDialectTests {
  private static let dialects = PolicyDialects.all + [FencePolicy.self]

  private static let pods = ["a", "b", "c"].map {
    "apiVersion: v1\nkind: Pod\nmetadata: {name: \($0), namespace: n, labels: {part: \($0)}}\nspec: {containers: [{name: c}]}\n---\n"
  }.joined()

  private static func fence(_ name: String, _ spec: String) -> String {
    "apiVersion: fences.example/v1\nkind: Fence\nmetadata: {name: \(name), namespace: n}\nspec: \(spec)\n---\n"
  }

  private static func allowed(_ model: ReachModel, _ source: String, _ destination: String) throws -> Bool {
    model.answer(try #require(model.end(source)), try #require(model.end(destination)), .tcp, 80).allowed
  }

  @Test func thePageShowsIt() throws {
    let page = try FileReaderForTests.text("\(FileReaderForTests.repository)/docs/how-to/add-a-policy-dialect.md")
    let file = try FileReaderForTests.text("\(FileReaderForTests.repository)/Tests/ReachTests/FencePolicy.swift")
    let code = file.split(separator: "\n", omittingEmptySubsequences: false).filter { $0 != "import Reach" }
      .map { $0.isEmpty ? "" : "   \($0)" }.joined(separator: "\n")
    #expect(page.contains(code))
  }

  @Test func itsPoliciesAreJudged() throws {
    let yaml = Self.pods + Self.fence("f", "{around: {part: a}, gates: {part: b}, addresses: [10.0.0.0/8]}")
    let snapshot = Fixtures.snapshot(yaml)
    let model = ReachModel(snapshot, dialects: Self.dialects)
    #expect(model.remarks.isEmpty)
    // Labels and blocks that only it speaks of are told apart.
    #expect(try Self.allowed(model, "n/b", "n/a"))
    #expect(try !Self.allowed(model, "n/c", "n/a"))
    #expect(try Self.allowed(model, "n/a", "n/c"))
    #expect(try Self.allowed(model, "10.1.2.3", "n/a"))
    #expect(try !Self.allowed(model, "11.1.2.3", "n/a"))
    let connections = Connectivity(model, granularity: .pods).connections
    #expect(connections.contains { $0.source.text == "n/b" && $0.destination.text == "n/a" })
    #expect(!connections.contains { $0.source.text == "n/c" && $0.destination.text == "n/a" })
    // To those who do not know it, it is not there.
    #expect(try Self.allowed(ReachModel(snapshot), "n/c", "n/a"))
  }

  @Test func itPassesOnToOtherDialects() throws {
    let closed =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: n}\nspec: {podSelector: {matchLabels: {part: a}}, policyTypes: [Ingress]}\n"
    let fence = Self.fence("f", "{around: {part: a}, gates: {part: b}}")
    let model = ReachModel(Fixtures.snapshot(Self.pods + fence + closed), dialects: Self.dialects)
    let answer = model.answer(try #require(model.end("n/b")), try #require(model.end("n/a")), .tcp, 80)
    #expect(!answer.allowed)
    #expect(answer.trace.map(\.policy.kind) == ["Fence", "NetworkPolicy"])
    #expect(answer.trace.map(\.isDecisive) == [false, true])
  }

  @Test func itsFaultsAreTold() throws {
    let yaml = Self.pods + Self.fence("open", "{gates: {part: b}}") + Self.fence("shut", "{around: {part: a}}")
    let lint = PolicyLint(ReachModel(Fixtures.snapshot(yaml), dialects: Self.dialects))
    #expect(lint.remarks.first { $0.code == .refused }?.object?.name == "open")
    #expect(lint.remarks.first { $0.code == "no-gate" }?.object?.name == "shut")
  }

  @Test func whoDoesNotEnforceItIsAsked() throws {
    let snapshot = Fixtures.snapshot(Self.pods + Self.fence("f", "{around: {part: a}}"))
    for (plugin, isEnforced) in [("calico", true), ("cilium", false)] {
      let profile = ReachProfile.of(NetworkPlugin.all.first { $0.name == plugin })
      let model = ReachModel(snapshot, profile: profile, dialects: Self.dialects)
      #expect(try Self.allowed(model, "n/b", "n/a") == !isEnforced)
      #expect(model.remarks.contains { $0.code == .notEnforced } == !isEnforced)
    }
  }
}
