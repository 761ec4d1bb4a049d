import Access
import Admission
import Bytes
import Collect
import Findings
import Kube
import Operations
import PodSecurity
import Posture
import TestKit
import Testing

/// The policies that we write for checks of workloads say of real manifests what the checks say.
@Suite struct WorkloadPoliciesTests {
  private struct Verdict: Hashable, CustomStringConvertible {
    let check: String
    let file: String
    let line: Int
    let object: String
    var description: String { "\(check): \(object) (\(file):\(line))" }
  }

  static let corpora = [
    FileReaderForTests.repository + "/examples/cluster", SharedData.root + "/posture/real-manifests",
    SharedData.root + "/posture/charts-rendered", SharedData.root + "/posture/vulnerable",
  ]

  @Test func policiesAreEqualToTheirChecks() async throws {
    let ids = WorkloadPolicies.all.map(\.check)
    let documents = try PolicyGeneration.documents(checks: ids, action: .deny, exempt: [])
    let set = PolicySet(documents.compactMap { KubeObject($0, file: "generated") })
    #expect(set.refused.map(\.refusal.message) == [])
    let authorizer = Authorizer(AccessInventory(ClusterSnapshot.Builder().build()))
    let judge = PolicyJudge(set, AdmissionCluster([], ignorance: "a test")) {
      ClusterAuthorizer(authorizer, user: $0)
    }
    let checks = CheckCatalogue.checks.filter { ids.contains($0.metadata.id.rawValue) }
    #expect(checks.count == ids.count)
    // What the door is asked about; custom resources make their pods later.
    let kinds: Set<GroupKind> = [
      .pod, GroupKind("", "ReplicationController"), GroupKind("", "PodTemplate"), GroupKind("apps", "Deployment"),
      GroupKind("apps", "DaemonSet"), GroupKind("apps", "ReplicaSet"), GroupKind("apps", "StatefulSet"),
      GroupKind("batch", "Job"), GroupKind("batch", "CronJob"),
    ]
    var (agreeing, all, leftOut) = (0, 0, 0)
    for path in Self.corpora {
      guard path.hasPrefix(FileReaderForTests.repository + "/examples") || SharedData.isPresent else {
        print(SharedData.skipMessage)
        continue
      }
      let snapshot = try await Sources.snapshot([PathSource(path)])
      let workloads = snapshot.objects.filter { kinds.contains($0.groupKind) }
      func verdict(_ check: String, _ object: KubeObject) -> Verdict {
        Verdict(check: check, file: object.location.file, line: object.location.line, object: object.subject.text)
      }
      var denied = Set<Verdict>()
      var judged: [KubeObject] = []
      for object in workloads {
        var verdicts = ObjectVerdicts()
        verdicts.judge(object, judge, .init())
        // Versions that no server has any more, templates without a pod, placeholders for a name of an image.
        guard verdicts.gaps.isEmpty, !verdicts.violations.contains(where: { $0.cause == .evaluation }),
          PodTemplateCatalogue.templates(of: object).allSatisfy({ template in
            template.containers.allSatisfy { !($0.image ?? "").contains("<") }
          })
        else {
          leftOut += 1
          continue
        }
        judged.append(object)
        for violation in verdicts.violations {
          // A manifest that names no namespace gets one where it is applied.
          if violation.policy == "default-namespace", object.namespace == nil { continue }
          denied.insert(verdict(violation.policy, object))
        }
      }
      all += judged.count
      let subjects = Dictionary(grouping: judged, by: \.subject)
      var found = Set<Verdict>()
      for finding in await PostureScan(checks: checks).run(snapshot).findings {
        for object in subjects[finding.subject] ?? [] where object.location.file == finding.location.file {
          found.insert(verdict(finding.check.rawValue, object))
        }
      }
      let unlike = denied.symmetricDifference(found)
      for other in unlike.sorted(by: { $0.description < $1.description }).prefix(40) {
        print(denied.contains(other) ? "denied only" : "found only", other)
      }
      #expect(unlike.isEmpty, "\(path): \(unlike.count) differ")
      agreeing += denied.intersection(found).count
    }
    print("policies of checks: \(agreeing) refusals of \(all) objects agree, \(leftOut) objects left out")
    #expect(leftOut * 5 < all)
    #expect(agreeing > 40)
  }

  @Test func whatIsNoPolicyIsRefused() {
    for id in ["single-replica", "no-such-check"] {
      #expect(throws: BartizanError.self) { try PolicyGeneration.documents(checks: [id], action: .deny, exempt: []) }
    }
  }
}
