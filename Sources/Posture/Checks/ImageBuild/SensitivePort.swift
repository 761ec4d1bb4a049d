import Findings
import Images
import PodSecurity

struct SensitivePort: ImageCheck {
  /// Ports of services that give a shell, a file system or administration of a machine. Source: IANA's registry and the
  /// documentation of each project.
  private static let services: [Int: String] = [
    21: "FTP", 22: "SSH", 23: "Telnet", 111: "portmapper", 139: "SMB", 445: "SMB", 512: "rexec", 513: "rlogin",
    514: "rsh", 873: "rsync", 2049: "NFS", 2375: "Docker without TLS", 2376: "Docker", 2379: "etcd", 2380: "etcd",
    3389: "RDP", 5900: "VNC", 5901: "VNC", 6443: "Kubernetes API", 10250: "kubelet", 10255: "kubelet, read-only",
  ]

  let metadata = CheckMetadata(
    id: "image-sensitive-port", title: "Exposes a port of an administration service", severity: .medium,
    rationale: "Who reaches it and is let in has more than the application: a shell, its files, or the cluster.",
    remediation: "Leave the service out of the image; `kubectl exec` gives a shell with a login and a log.",
    benchmark: "5.8")
  let parts: Set<ImagePart> = [.configuration]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    (image.configuration?.ports ?? []).compactMap { port in
      guard let number = port.split(separator: "/").first.flatMap({ Int($0) }), let service = Self.services[number]
      else {
        return nil
      }
      return BuildMistake("it exposes \(port) (\(service))", at: "EXPOSE", value: port, identity: "EXPOSE \(port)")
    }
  }
}
