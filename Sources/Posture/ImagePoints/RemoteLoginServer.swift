import Findings
import Images

extension ImagePoint {
  private static let servers: Set<String> = ["dropbear", "openssh-server", "openssh-server-pam", "telnetd", "tinyssh"]

  static let remoteLoginServer = ImagePoint(
    id: "image-ssh-server", title: "Server for remote logins", severity: .medium,
    rationale: "It is one more way in, with keys and passwords of its own that the cluster knows nothing of.",
    remediation: "Leave it out; `kubectl exec` gives a shell with a login and a log.", benchmark: "5.7"
  ) { image in
    image.packages.filter { servers.contains($0.name) }.map {
      Sighting("\($0.name) \($0.version) is installed", at: $0.path, value: $0.version, identity: $0.name)
    }
  }
}
