import Access
import Admission
import Bytes
import Kube
import Measuring

/// How long admission policies take on one core: to be compiled, and for each judgement of an object.
enum PolicyBenchmark {
  /// - Parameter arguments: a file with an object in the field `object` of each line, then files and folders with policies and
  ///   their params. Each policy that wants a param is bound to each object of its kind.
  static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count >= 2 else {
      print("name a file with an object a line, and a file or folder of policies or more")
      return 2
    }
    var documents: [DocumentNode] = []
    for path in arguments.dropFirst().flatMap(files) where path.hasSuffix(".yaml") && !path.hasSuffix("/test.yaml") {
      guard let bytes = read(path) else {
        print("\(path): cannot be read")
        return 2
      }
      documents += DocumentReader.read(bytes).documents
    }
    let isPolicy = { (node: DocumentNode) in node["kind"]?.string == "ValidatingAdmissionPolicy" }
    var all = ValidatingPolicies([], [])
    let compiling = seconds {
      let policies = documents.filter(isPolicy).map { ValidatingPolicy($0) }
      all = ValidatingPolicies(policies, documents.filter(isPolicy).map { binding($0, documents) })
    }
    let cluster = AdmissionCluster(documents.filter { !isPolicy($0) }, ignorance: "a benchmark")
    guard let bytes = read(arguments[0]) else {
      print("\(arguments[0]): cannot be read")
      return 2
    }
    var requests: [AdmissionRequest] = []
    for line in bytes.split(separator: 0x0A) {
      guard let sent = try? JSONReader.read(Array(line))["object"], let object = KubeObject(sent, file: "sent"),
        case .request(let request) = AdmissionRequest.creation(of: object, cluster.resources, .init())
      else { continue }
      requests.append(request)
    }
    let authorizer = ClusterAuthorizer(
      Authorizer(AccessInventory(ClusterSnapshot.Builder().build())),
      user: AdmissionRequest.User(name: "kubernetes-admin", groups: ["system:authenticated"]))
    var evaluations = 0
    var violations = 0
    let round = {
      for request in requests {
        let report = all.validate(request, cluster, authorizer)
        evaluations += report.evaluations
        violations += report.violations.count
      }
    }
    round()
    (evaluations, violations) = (0, 0)
    let rounds = 10
    let judging = seconds { for _ in 0..<rounds { round() } }
    let judgements = all.hooks.count * requests.count * rounds
    print("\(all.hooks.count) policies read and compiled in \(milliseconds(compiling))")
    print(
      "\(judgements) judgements of \(requests.count) objects in \(milliseconds(judging)): \(microseconds(judging / Double(max(1, judgements)))) each; \(evaluations) validations, \(microseconds(judging / Double(max(1, evaluations)))) each; \(violations / rounds) violations"
    )
    return 0
  }

  private static func binding(_ policy: DocumentNode, _ documents: [DocumentNode]) -> PolicyBinding {
    let name = policy[path: "metadata", "name"] ?? ""
    var spec: DocumentNode = ["policyName": name, "validationActions": ["Deny"]]
    if let kind = policy[path: "spec", "paramKind", "kind"]?.string,
      let param = documents.first(where: { $0["kind"]?.string == kind })?[path: "metadata", "name"]
    {
      spec = spec.setting("paramRef", ["name": param, "parameterNotFoundAction": "Deny"])
    }
    return PolicyBinding([
      "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
      "metadata": ["name": name], "spec": spec,
    ])
  }

  private static func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1e3)) ms" }

  private static func microseconds(_ seconds: Double) -> String { "\(Double(Int(seconds * 1e7)) / 10) µs" }
}
