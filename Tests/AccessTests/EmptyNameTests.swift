import Access
import Kube
import TestKit
import Testing

/// The API server compares `resourceNames` with the name of the request, which is empty for a collection: the one name "" lists
/// everything and gets nothing.
@Suite struct EmptyNameTests {
  private func inventory(_ verbs: String, _ names: String) -> AccessInventory {
    AccessTests.inventory(
      AccessTests.role(
        "ClusterRole", "reader",
        "[{apiGroups: [''], resources: [secrets], verbs: \(verbs), resourceNames: \(names)}]")
        + AccessTests.bind("reader", to: "[{kind: User, name: kim}]"))
  }

  @Test func theAuthorizerIsTheServers() {
    let inventory = inventory("[get, list, create]", "['']")
    #expect(AccessTests.can(inventory, "kim", "list", "secrets", "shop"))
    #expect(AccessTests.can(inventory, "kim", "create", "secrets", "shop"))
    #expect(!AccessTests.can(inventory, "kim", "get", "secrets", "shop", name: "db"))
    #expect(!AccessTests.can(inventory, "kim", "list", "secrets", "shop", name: "db"))
  }

  @Test(arguments: [
    ("[list]", "['']", true, true), ("[get]", "['']", false, false), ("['*']", "['']", true, true),
    ("[list]", "['', a]", true, true), ("[get]", "['', a]", false, true), ("[list]", "[a]", false, true),
  ])
  func aCapabilityIsWhatItMakesOfIt(_ verbs: String, _ names: String, _ isFull: Bool, _ isNamed: Bool) {
    let set = CapabilitySet(inventory(verbs, names).roles[0].rules)
    #expect(set.has(.readSecrets) == isFull)
    #expect(set.hasNamed(.readSecrets) == isNamed)
  }

  @Test func whoCanSaysWhoListsAll() {
    let authorizer = Authorizer(inventory("[list, get]", "['', a]"))
    func names(_ verb: String) -> [[String]] {
      WhoCan.subjects(
        verb: verb, target: .resource(.init(group: "", resource: "secrets")), authorizer: authorizer, namedToo: true
      ).map(\.names)
    }
    #expect(names("list") == [[]])
    #expect(names("get") == [["a"]])
  }

  /// It is told, and is not taken for the absence of names.
  @Test func aRuleSaysItsName() {
    let rules = RuleCompaction.compact(inventory("[list]", "['']").roles[0].rules)
    #expect(rules.map(\.text) == ["list secrets (core) named \"\""])
  }
}

/// Grants that are restricted to names are told for each binding, and a rule for all names goes before one for some.
@Suite struct NamedHolderTests {
  private func names(_ rules: String, _ more: String = "") -> [[String]] {
    let inventory = AccessTests.inventory(
      AccessTests.role("ClusterRole", "reader", rules) + AccessTests.bind("reader", to: "[{kind: User, name: kim}]")
        + more)
    return WhoCan.subjects(
      verb: "get", target: .resource(.init(group: "", resource: "secrets")), authorizer: Authorizer(inventory),
      namedToo: true
    ).map(\.names)
  }
  private static func rule(_ name: String?) -> String {
    "{apiGroups: [''], resources: [secrets], verbs: [get]\(name.map { ", resourceNames: [\($0)]" } ?? "")}"
  }

  @Test func aRuleForAllGoesBeforeOneForSome() {
    #expect(names("[\(Self.rule("a")), \(Self.rule(nil))]") == [[]])
  }

  @Test func allNamesOfARoleAreTold() {
    #expect(names("[\(Self.rule("b")), \(Self.rule("a"))]") == [["a", "b"]])
  }

  /// The server asks for the signer, and then for all of its domain.
  @Test func aDomainOfSignersHoldsEach() {
    let inventory = AccessTests.inventory(
      AccessTests.role(
        "ClusterRole", "signer",
        "[{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve], resourceNames: ['example.com/*']}]"
      )
        + AccessTests.bind("signer", to: "[{kind: User, name: kim}]"))
    func holders(_ name: String) -> [AccessSubject] {
      WhoCan.subjects(
        verb: "approve", target: .resource(.init(group: "certificates.k8s.io", resource: "signers", name: name)),
        authorizer: Authorizer(inventory)
      ).map(\.subject)
    }
    #expect(holders("example.com/edge") == [.user("kim")])
    #expect(holders("example.org/edge").isEmpty && holders("example.com").isEmpty)
  }

  @Test func eachBindingIsTold() {
    let other =
      AccessTests.role("ClusterRole", "other", "[\(Self.rule("b"))]")
      + AccessTests.bind("other", to: "[{kind: User, name: kim}]")
    #expect(Set(names("[\(Self.rule("a"))]", other)) == [["a"], ["b"]])
    let all =
      AccessTests.role("ClusterRole", "other", "[\(Self.rule(nil))]")
      + AccessTests.bind("other", to: "[{kind: User, name: kim}]")
    #expect(names("[\(Self.rule("a"))]", all) == [[]])
  }
}
