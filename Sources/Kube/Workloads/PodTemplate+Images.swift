import Bytes
package import Findings

extension PodTemplate {
  /// What nodes pull for the pods, with its place: images of all containers, and of volumes.
  package var imagePlaces: [(image: String, evidence: Evidence)] {
    var places: [(image: String, evidence: Evidence)] = []
    for container in containers {
      if let image = container.image, !image.isEmpty { places.append((image, container.evidence("image"))) }
    }
    for (index, volume) in volumes.enumerated() {
      guard let image = volume["image"], let reference = image["reference"]?.string, !reference.isEmpty else {
        continue
      }
      places.append((reference, Evidence(in: image, path: volumePath(index) + ".image", ["reference"])))
    }
    return places
  }
}
