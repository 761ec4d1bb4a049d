import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for commands that pipe a download into a shell, or run the file that they wrote it to, by `CommandText`.
package struct DownloadsAndRuns: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "downloads-and-runs", title: "Downloads code and runs it", area: .workloads, severity: .high,
    rationale:
      "What runs is decided by a web server at the moment of the start: no scanner has seen it, no signature covers it, and whoever owns the address owns the pod.",
    remediation:
      "Put the program into the image, at a version that was looked at.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            command: ["/app"]
      """,
    controls: [.nsa("supply-chain"), .mitre("T1105")],
    references: [
      Reference("Images", "https://kubernetes.io/docs/concepts/containers/images/")
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let piped = CommandText.evidence(in: workload, where: { CommandText.interpreterOfDownload($0) != nil })
    let kept = CommandText.evidence(in: workload) {
      CommandText.interpreterOfDownload($0) == nil && CommandText.runsDownloadedFile($0)
    }
    return .failing(
      on: piped + kept,
      piped.isEmpty
        ? "its command runs a file that it has just downloaded" : "its command hands a download straight to a shell")
  }
}
