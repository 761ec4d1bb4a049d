package import Events

extension ObservedRequest {
  /// A request of the API server's audit log.
  package init(_ event: AuditEvent) {
    let outcome: Outcome =
      if event.status == 401 || event.user.isEmpty {
        .unauthenticated
      } else if event.decision == "forbid" || event.decision == nil && event.status == 403 {
        .refused
      } else {
        .made
      }
    self.init(
      user: event.user, groups: event.groups,
      impersonated: event.impersonatedUser.map { Identity(user: $0, groups: event.impersonatedGroups) },
      details: ImpersonatedDetails(
        uid: event.impersonatedUID ?? "",
        extras: event.impersonatedExtras.flatMap { extra in
          extra.values.map { ImpersonatedDetails.Extra(key: extra.key, value: $0) }
        }, constraint: event.impersonationConstraint ?? ""),
      verb: event.verb,
      target: event.object.map {
        .resource(
          AccessRequest.Resource(
            group: $0.group, resource: $0.resource, subresource: $0.subresource, namespace: $0.namespace, name: $0.name)
        )
      } ?? .path(event.path), outcome: outcome, status: event.status,
      body: Body(signer: event.signer, roleKind: event.role?.kind, roleName: event.role?.name), time: event.time)
  }
}
