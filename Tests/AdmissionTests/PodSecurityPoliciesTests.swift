import Bytes
import Kube
import PodSecurity
import TestKit
import Testing

@testable import Admission

/// The policies that we write for the levels of Pod Security, against our own controls, over the published fixtures.
@Suite struct PodSecurityPoliciesTests {
  static func judge(_ level: PodSecurityLevel) throws -> PolicyJudge {
    let documents = PodSecurityPolicies.documents(level: level, action: .deny, exempt: [])
    let objects = documents.compactMap { KubeObject($0, file: "generated") }
    let set = PolicySet(objects)
    #expect(set.refused.map(\.refusal.message) == [])
    return PolicyJudge(set, AdmissionCluster([], ignorance: "a test")) { KubescapePolicyTests.authorizer($0) }
  }

  @Test(.enabled(if: SharedData.isPresent), arguments: [PodSecurityLevel.baseline, .restricted])
  func fixtures(_ level: PodSecurityLevel) throws {
    let judge = try Self.judge(level)
    var equal = 0
    var others: [String] = []
    for folder in ["baseline", "restricted"] {
      // Pods that were made for older versions are pods, too.
      for path in [0, 8, 19, 25, 29, 34, PodSecurityVersion.newestKnown].flatMap({ minor in
        ["pass", "fail"].map { "posture/psa/test/testdata/\(folder)/v1.\(minor)/\($0)" }
      }) {
        for file in SharedData.files(path) {
          let document = try #require(DocumentReader.read(try FileReaderForTests.bytes(file)).documents.first)
          let object = try #require(KubeObject(document, file: file))
          let template = try #require(PodTemplateCatalogue.templates(of: object).first)
          let own = PodSecurityStandard.message(template, level: level, version: .latest)
          var verdicts = ObjectVerdicts()
          verdicts.judge(object, judge, .init(namespace: "default"))
          #expect(verdicts.gaps.isEmpty)
          if verdicts.violations.isEmpty == (own == nil),
            !verdicts.violations.contains(where: { $0.cause == .evaluation })
          {
            equal += 1
          } else {
            others.append("\(file): \(verdicts.violations.map(\.message)) | \(own ?? "allowed")")
          }
        }
      }
    }
    print("\(level.name): \(equal) agree, \(others.count) do not")
    for line in others.prefix(20) { print(line) }
    #expect(others.isEmpty)
    #expect(equal > 700)
  }
}
