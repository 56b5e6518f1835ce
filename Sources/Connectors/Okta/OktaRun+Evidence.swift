internal import ConnectorKit
internal import IdentityCore

extension OktaRun {
  /// What the proofs about an application begin with.
  func evidence(
    _ app: OktaReadApp, _ engine: OktaMapping.Engine, _ organisation: OktaWire.Organisation,
    _ directory: OktaDirectory, _ compiled: OktaMapping.Compiled, _ note: EvidenceItem?
  ) -> [EvidenceItem] {
    var items = [
      EvidenceItem(
        .status, id: organisation.id, name: "Okta organisation",
        value: engine == .identity ? "Identity Engine" : "Classic Engine",
        path: "/.well-known/okta-organization")
    ]
    if let wire = app.app {
      items.append(
        EvidenceItem(
          .status, id: wire.id, name: wire.label,
          value: "\(wire.status), sign-on mode \(wire.signOnMode ?? "not shown")",
          path: "/api/v1/apps/\(wire.id)"))
    }
    if case .read(let policy)? = app.policy {
      items.append(
        EvidenceItem(
          .policy, id: policy.id, name: policy.name,
          value: ["sign-in policy", policy.lastUpdated.map { "last changed \($0)" }]
            .compactMap { $0 }.joined(separator: ", "), path: "/api/v1/policies/\(policy.id)"))
    }
    if case .known(let zones) = directory.zones {
      for zone in compiled.mentionedZones.sorted().compactMap({ zones[$0] }) {
        items.append(
          EvidenceItem(
            .zone, id: zone.id, name: zone.name, value: zone.status, path: "/api/v1/zones"))
      }
    }
    if let note { items.append(note) }
    return items
  }
}
