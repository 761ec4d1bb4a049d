import Bytes
import Findings
import Kube

/// Which translated policies of other engines the server's language can say. What it cannot is their engine's business: nothing is
/// wrong with the policy, it only cannot be judged by here.
struct ForeignRefusals {
  private(set) var taken: [ForeignPolicies.Made] = []
  private(set) var untranslated: [PolicySet.Untranslated] = []
  /// Policies of which at least something was taken.
  private(set) var sources: [KubeObject] = []

  init(_ made: [ForeignPolicies.Made]) {
    var failed = Set<String>()
    for item in made where item.object.kind == "ValidatingAdmissionPolicy" {
      guard let outcome = PolicyLint.check(item.object.root), let error = outcome.errors.first else {
        sources.append(item.source)
        continue
      }
      failed.insert(item.object.name)
      // Forms that are derived from a policy fail for what it fails for.
      if untranslated.contains(where: { $0.object.location == item.source.location }) { continue }
      untranslated.append(
        .init(
          object: item.source,
          reason: Self.reason(error.path ?? "", error.detail.isEmpty ? error.body : error.detail, item)))
    }
    var named = Set<String>()
    sources = sources.filter { source in
      named.insert(source.location.text + " " + source.name).inserted
    }
    taken = made.filter { item in
      item.object.kind == "ValidatingAdmissionPolicy"
        ? !failed.contains(item.object.name) : !failed.contains(item.object.spec?["policyName"]?.string ?? "")
    }
  }

  private static func reason(_ path: String, _ detail: String, _ item: ForeignPolicies.Made) -> String {
    let engine = ForeignPolicies.engine(item.source.groupKind) ?? "another engine"
    // An expression's error goes on with a picture of its place.
    let fault = detail.split(whereSeparator: \.isNewline).first.map(String.init) ?? detail
    let place = path.isEmpty ? "" : path + ": "
    return "a policy of \(engine) that cannot be read as one of the API server: \(place)\(fault)"
  }
}
