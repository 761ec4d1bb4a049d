import Bytes

extension PodTemplate {
  /// Names of the Secrets that the pods are given, each once, in the order of the template: volumes, projected ones too, before the
  /// environments of containers.
  package var secretNames: [String] {
    var names: [String] = []
    func add(_ name: String?) { if let name, !names.contains(name) { names.append(name) } }
    for volume in volumes {
      add(volume[path: "secret", "secretName"]?.string)
      for source in volume[path: "projected", "sources"]?.elements ?? [] { add(source[path: "secret", "name"]?.string) }
    }
    for container in containers {
      for source in container.node["envFrom"]?.elements ?? [] { add(source[path: "secretRef", "name"]?.string) }
      for variable in container.node["env"]?.elements ?? [] {
        add(variable[path: "valueFrom", "secretKeyRef", "name"]?.string)
      }
    }
    return names
  }
}
