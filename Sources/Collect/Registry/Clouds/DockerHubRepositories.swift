import Bytes
import Findings
import Images

extension RegistryAdministration {
  /// Docker Hub: whether the world sees a repository. It is asked as anybody, for whom a private one does not exist.
  ///
  /// Source: Docker Hub API reference, "Get repository".
  static let dockerHub = RegistryAdministration(
    fits: { $0 == ImageReference.hub },
    look: { (_, wanted, services) async throws(BartizanError) -> [RegistryObservation.Repository]? in
      var found: [RegistryObservation.Repository] = []
      for name in wanted.prefix(RegistryAdministrations.repositoryLimit) {
        let full = name.contains("/") ? name : "library/" + name
        let path = full.split(separator: "/").map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
        let reply = try await services.send("https://hub.docker.com/v2/repositories/\(path)/")
        guard reply.status == 200 || reply.status == 404 else { throw CloudService.refused("Docker Hub", reply) }
        var repository = RegistryObservation.Repository(name: name)
        repository.isPublic = reply.status == 200 && reply.document?["is_private"]?.bool != true
        found.append(repository)
      }
      return found
    })
}
