import Bytes
import Findings
import Kube

extension NodeEscape {
  static let windowsHostProcess = NodeEscape(
    id: "windows-host-process", title: "Windows HostProcess container", gain: .node, attack: .mitre("T1611"),
    references: [
      Reference(
        "Windows HostProcess pods", "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/")
    ]
  ) { pod in
    let keys = ["securityContext", "windowsOptions", "hostProcess"]
    let ofPod = pod.securityContext?["windowsOptions"]?["hostProcess"]?.bool
    return pod.containers.filter {
      ($0.securityContext?["windowsOptions"]?["hostProcess"]?.bool ?? ofPod) == true
    }.map { container in
      let isOwn = container.securityContext?["windowsOptions"]?["hostProcess"] != nil
      return (
        "container \"\(container.name)\" is a process of the Windows node itself",
        isOwn
          ? Evidence(in: container.node, path: container.path, keys)
          : Evidence(in: pod.spec, path: pod.path, keys)
      )
    }
  }
}
