import Findings
import Images
import PodSecurity

struct RemoteLoginServer: ImageCheck {
  private static let servers: Set<String> = ["dropbear", "openssh-server", "openssh-server-pam", "telnetd", "tinyssh"]

  let metadata = CheckMetadata(
    id: "image-ssh-server", title: "Remote login server", severity: .medium,
    rationale: "It is one more way in, with keys and passwords of its own that the cluster knows nothing of.",
    remediation: "Leave it out; `kubectl exec` gives a shell with a login and a log.", benchmark: "5.7")
  let parts: Set<ImagePart> = [.packages]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.packages.filter { Self.servers.contains($0.name) }.map {
      BuildMistake("\($0.name) \($0.version) is installed", at: $0.path, value: $0.version, identity: $0.name)
    }
  }
}
