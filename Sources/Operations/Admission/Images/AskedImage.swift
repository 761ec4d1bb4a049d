package import Admission
package import Bytes
package import Images
import Kube

/// An image that a request would have run.
package struct AskedImage: Sendable, Hashable {
  /// As it is written.
  package let text: String
  /// Nil for a text that names no image.
  package let reference: ImageReference?
  /// Its place in the object, such as `spec.containers[0].image`.
  package let field: String
  /// Whether the object is a pod, which nodes pull for, and not what makes pods.
  package let isOfPod: Bool

  package init(text: String, field: String, isOfPod: Bool) {
    self.text = text
    reference = ImageReference(text)
    self.field = field
    self.isOfPod = isOfPod
  }

  /// The images of a request: of init, regular and ephemeral containers and of image volumes, in pods and in whatever makes pods.
  ///
  /// What an update leaves as it was is not asked about again: a pod whose signature has expired must be able to end.
  ///
  /// - Parameter object: as it would be stored, where policies have changed it.
  package static func images(of request: AdmissionRequest, object: DocumentNode) -> [AskedImage] {
    guard request.operation == .create || request.operation == .update, !object.isNull else { return [] }
    let known =
      request.operation == .update ? Set(images(in: request.oldObject, request.kind.groupKind).map(\.text)) : []
    return images(in: object, request.kind.groupKind).filter { !known.contains($0.text) }
  }

  private static func images(in object: DocumentNode, _ kind: GroupKind) -> [AskedImage] {
    let isPod = kind == .pod
    var found: [AskedImage] = []
    func add(_ node: DocumentNode?, _ field: String) {
      guard let text = node?.string, !text.isEmpty else { return }
      found.append(AskedImage(text: text, field: field, isOfPod: isPod))
    }
    guard let whole = KubeObject(object, file: "") else { return [] }
    for template in PodTemplateCatalogue.templates(of: whole) {
      for container in template.containers { add(container.node["image"], container.path + ".image") }
      for (index, volume) in template.volumes.enumerated() {
        add(volume[path: "image", "reference"], template.volumePath(index) + ".image.reference")
      }
    }
    return found
  }
}
