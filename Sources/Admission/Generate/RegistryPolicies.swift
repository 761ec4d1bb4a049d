package import Bytes

/// The registries from which images may come as a ValidatingAdmissionPolicy with its binding, for pods and for all that makes pods.
///
/// Names are completed as container runtimes complete them: `nginx` is `docker.io/library/nginx`.
package enum RegistryPolicies {
  package static let name = "allowed-registries"

  /// - Parameter text: `registry.example`, `registry.example:5000/team`, `docker.io/library/nginx`.
  /// - Returns: whether it names a registry, or a part of one.
  package static func isRegistry(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, first != 0x2F, last != 0x2F, !text.contains("//") else {
      return false
    }
    return bytes.allSatisfy { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || [0x2D, 0x2E, 0x2F, 0x3A, 0x5F].contains(byte)
    }
  }

  /// - Parameters:
  ///   - allowed: registries and parts of registries, as `isRegistry` takes them.
  ///   - action: what the binding does.
  ///   - exempt: namespaces that it leaves alone.
  package static func documents(
    allowed: [String], action: PolicyBinding.Action, exempt: [String]
  ) -> [DocumentNode] {
    // A registry goes on with a path; a repository may also go on with a tag or a digest, and a registry must not: another port
    // is another registry.
    let conditions = allowed.map { entry in
      let folder = "i.startsWith(\(ForeignPolicies.celText(entry + "/")))"
      guard entry.contains("/") else { return folder }
      let (name, tag, digest) = (entry, entry + ":", entry + "@")
      return "\(folder) || i == \(ForeignPolicies.celText(name)) || i.startsWith(\(ForeignPolicies.celText(tag))) "
        + "|| i.startsWith(\(ForeignPolicies.celText(digest)))"
    }
    let bad = "variables.images.filter(i, !(\(conditions.joined(separator: " || "))))"
    let variables = [
      (
        "named",
        "(variables.containers.map(c, c.?image.orValue('')) + variables.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(''))).filter(i, i != '')"
      ),
      // Source: github.com/distribution/reference, `splitDockerDomain`.
      (
        "hosted",
        "variables.named.map(i, i.contains('/') && (i.split('/')[0].contains('.') || i.split('/')[0].contains(':') || i.split('/')[0] == 'localhost') ? i : 'docker.io/' + i).map(i, i.startsWith('index.docker.io/') ? 'docker.io/' + i.substring(16) : i)"
      ),
      (
        "images",
        "variables.hosted.map(i, i.startsWith('docker.io/') && !i.substring(10).contains('/') ? 'docker.io/library/' + i.substring(10) : i)"
      ),
    ]
    let message = "images must come from \(allowed.joined(separator: ", ")); these do not: "
    return PodPolicy.documents(
      PodPolicy.About(
        name: name, title: "Image from a registry that is not allowed", severity: "high",
        remediation: "Copy the image to an allowed registry and name it there."),
      [
        PodPolicy.Control(
          expression: "\(bad).size() == 0",
          message: "\(ForeignPolicies.celText(message)) + \(bad).join(', ')")
      ], variables: variables, action: action, exempt: exempt)
  }
}
