import Admission
import Bytes
import Console
import Kube
import Operations
import TestKit
import Testing

/// Command line, audit and webhook give the same verdicts on the same objects: the webhook over TLS.
@Suite struct EqualAnswersTests {
  private static let kubescape = "posture/kubescape-cel-admission/"

  private static func rows(_ path: String) throws -> [DocumentNode] {
    let bytes = try SharedData.bytes("kubernetes-recorded/" + path)
    return JSONReader.readStream(bytes.span, limits: .standard).documents
  }

  /// Some of Kubescape's policies, all in force.
  private static func policies() throws -> String {
    let controls = SharedData.files(kubescape + "controls").filter { $0.hasSuffix("policy.yaml") }.sorted()
    var parts = [
      String(
        decoding: try SharedData.bytes(kubescape + "configuration/policy-configuration-definition.yaml"), as: UTF8.self),
      String(
        decoding: try SharedData.bytes(kubescape + "configuration/basic-control-configuration.yaml"), as: UTF8.self),
    ]
    for (index, file) in controls.enumerated() where index % 6 == 0 {
      let text = try FileReaderForTests.text(file)
      parts.append(text)
      for document in DocumentReader.read(Array(text.utf8)).documents {
        guard let name = document[path: "metadata", "name"]?.string else { continue }
        parts.append(
          """
          apiVersion: admissionregistration.k8s.io/v1
          kind: ValidatingAdmissionPolicyBinding
          metadata: {name: \(name)}
          spec:
            policyName: \(name)
            validationActions: [Deny]
            paramRef: {name: basic-control-configuration, parameterNotFoundAction: Deny}
          """)
      }
    }
    return parts.joined(separator: "\n---\n")
  }

  private static let configuration = """
      profiles:
      - name: default
        podSecurity: {enforce: baseline, warn: restricted}
        registries: {allowed: [registry.k8s.io, docker.io], mode: warn}

    """

  /// What a set of policies says of an object, whoever is asked.
  private struct Verdict: Hashable {
    let isAllowed: Bool
    let message: String
    let warnings: [String]

    init(_ answer: AdmissionFixture.Answer) {
      isAllowed = answer.isAllowed == true
      message = answer.message
      warnings = answer.warnings
    }

    init(_ request: AdmissionRequest, _ verdict: PolicyVerdict, _ policies: PolicySet) {
      var response = AdmissionResponse(request, verdict)
      response.settleGaps(request, policies)
      isAllowed = response.isAllowed
      message = response.message
      warnings = response.warnings
    }
  }

  /// The request that makes an object; nil for a kind that is not known.
  private static func creation(_ sent: DocumentNode, _ input: AdmissionInput) -> AdmissionRequest? {
    let user = AdmissionRequest.User(name: "kim", groups: ["system:authenticated"])
    guard let object = KubeObject(sent, file: "sent"),
      case .request(let request) = AdmissionRequest.creation(
        of: object, input.cluster.resources, ObjectVerdicts.Sender(user: user))
    else { return nil }
    return request
  }

  @Test(.enabled(if: SharedData.isPresent)) func objects() async throws {
    let fixture = try await AdmissionFixture(Self.configuration, policies: try Self.policies())
    // The same input as the command line reads it.
    let profiles = try await AdmissionProfiles.load(
      try AdmissionFixture.configuration(Self.configuration, [fixture.folder.path + "/policies.yaml"]), cluster: nil,
      today: "2026-11-28")
    let input = try #require(profiles.webhooks["default"]).input
    let objects =
      try Self.rows("admission/defaulting-more.jsonl").filter { $0["kind"]?.string == "dry-run" }
      .compactMap { $0["submitted"] } + Self.rows("vap-kubescape-real-world.jsonl").compactMap { $0["object"] }
    var judged = 0
    var denied = 0
    var others: [String] = []
    for (index, sent) in objects.enumerated() {
      guard var request = Self.creation(sent, input) else { continue }
      request.uid = "u\(index)"
      // The command line: an object as it is sent.
      let check = input.judge.judge(sent: request)
      // The webhook: as the server sends it on, past defaults and built-in plugins.
      var review = request
      review.object = check.object
      let text = JSONWriter.compact(
        WebhookReview.request(review, request.kind, request.resource, "v1"), escapesHTML: false)
      let answer = try await fixture.post(Array(text.utf8))
      let webhook = Verdict(answer)
      // Audit: the object as it is stored.
      guard let again = Self.creation(check.object, input) else { continue }
      let answers = [
        Verdict(request, check, input.policies), webhook,
        Verdict(again, input.judge.judge(sent: again), input.policies),
      ]
      judged += 1
      if !webhook.isAllowed { denied += 1 }
      if answer.status != 200 || Set(answers).count > 1 {
        others.append("\(request.kind.kind) \(request.name): \(answers)")
      }
    }
    print("webhook: \(judged) objects, \(denied) denied, \(others.count) differ")
    for line in others.prefix(5) { print(line.prefix(800)) }
    #expect(others.isEmpty)
    #expect(judged >= 500)
    #expect(denied > 100)
    await fixture.close()
  }

  /// Reviews as a real server sent them, to its own paths, answered as `admission review --reviews` answers.
  @Test(.enabled(if: SharedData.isPresent)) func recordedReviews() async throws {
    let fixture = try await AdmissionFixture()
    let profiles = try await AdmissionProfiles.load(
      try AdmissionFixture.configuration(nil, [fixture.folder.path + "/policies.yaml"]), cluster: nil,
      today: "2026-11-28")
    let judge = try #require(profiles.webhooks["default"]).input.judge
    var asked = 0
    for call in try Self.rows("admission/admission-reviews.jsonl").flatMap({ $0["calls"]?.elements ?? [] }) {
      guard let review = call["review"], let path = call["path"]?.string else { continue }
      let differences = try await Self.differences(review, fixture, judge)
      #expect(differences.isEmpty, "\(path): \(differences)")
      asked += 1
    }
    #expect(asked >= 65)
    await fixture.close()
  }

  /// What a webhook answers otherwise than the command line, which answers for both kinds of webhooks at once.
  private static func differences(
    _ review: DocumentNode, _ fixture: AdmissionFixture, _ judge: PolicyJudge
  ) async throws -> [String] {
    let text = Array(JSONWriter.compact(review, escapesHTML: false).utf8)
    let answer = try await fixture.post(text).response
    let line = try written(text, judge)
    var differences: [String] = []
    for key in ["allowed", "status", "warnings"] where (answer[key] ?? .null) != (line[key] ?? .null) {
      differences.append(key)
    }
    if let request = review["request"], answer["uid"] != request["uid"] { differences.append("uid") }
    return differences
  }

  private static func written(_ review: [UInt8], _ judge: PolicyJudge) throws -> DocumentNode {
    var line: [UInt8] = []
    let outcome = try AdmissionReviewBatch.answer(review, judge, .review) { line += $0 }
    #expect(outcome.answered == 1)
    return try JSONReader.read(line)["response"] ?? .null
  }
}
