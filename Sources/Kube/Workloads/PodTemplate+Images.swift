import Bytes
package import Findings

extension PodTemplate {
  /// An image that nodes pull for the pods.
  package struct ImagePlace: Sendable {
    /// The reference as written; never empty.
    package let image: String
    package let evidence: Evidence
    /// Nil for the default.
    package let pullPolicy: String?
    /// Where the policy stands, or would.
    package let policyEvidence: Evidence
  }

  /// What nodes pull for the pods: images of all containers, and of volumes.
  package var imagePlaces: [ImagePlace] {
    var places: [ImagePlace] = []
    for container in containers {
      guard let image = container.image, !image.isEmpty else { continue }
      places.append(
        ImagePlace(
          image: image, evidence: container.evidence("image"),
          pullPolicy: container.node["imagePullPolicy"]?.string,
          policyEvidence: container.evidence("imagePullPolicy")))
    }
    for (index, volume) in volumes.enumerated() {
      guard let image = volume["image"], let reference = image["reference"]?.string, !reference.isEmpty else {
        continue
      }
      let path = volumePath(index) + ".image"
      places.append(
        ImagePlace(
          image: reference, evidence: Evidence(in: image, path: path, ["reference"]),
          pullPolicy: image["pullPolicy"]?.string, policyEvidence: Evidence(in: image, path: path, ["pullPolicy"])))
    }
    return places
  }
}
