import IdentityCore
import MockIdP

@testable import GitHub

extension EditedSource {
  /// A GitHub organisation under SAML that is enforced, optional or not configured, with and without the demand for 2FA.
  static let githubOrganisations: [EditedSource] = [.enforced, .optional, nil].map {
    (saml: GitHubConfiguration.SAML?) in
    EditedSource(
      name: "GitHub, SAML \(saml.map { "\($0)" } ?? "not said")", vendor: .github,
      worlds: [false, true].map { requires in
        GitHubOrgs.scenario(
          GitHubOrgs.platform(
            requires: requires, hasTwoFactor: true, provider: GitHubOrgs.provider()))
      }
    ) { bench in
      {
        try await ConformanceReading(
          of: bench.github { $0.saml = saml }, team: GitHubOrgs.org,
          signIn: SignInTarget(provider: "behind", app: "enforced"),
          provider: Behind.reading(
            [GitHubOrgs.ana, "ana-acme", "root-acme", "guest"], hosts: ["idp.acme.com"]))
      }
    }
  }
}
