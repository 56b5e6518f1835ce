/// The applications and roles that Microsoft names by fixed ids.
enum EntraKnownApps {
  /// The tag of an application that people may take themselves.
  ///
  /// Seen in the field; that those without it are for nobody but the assigned is documented nowhere, and no other field tells.
  static let selfServiceTag = "SelfServiceAppAccess"

  /// The tenants that own Microsoft's own applications.
  static let microsoftTenants: Set<String> = [
    "f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47",
  ]

  /// Applications for which Microsoft itself demands a second factor of everybody who signs in.
  ///
  /// Azure CLI, Azure PowerShell and the Azure mobile app are not among them: there it is asked for what changes something,
  /// and reads get by with one factor.
  ///
  /// - SeeAlso: <https://learn.microsoft.com/entra/identity/authentication/concept-mandatory-multifactor-authentication>
  static let mandatory: [String: String] = [
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c": "Azure portal, Entra and Intune admin centers"
  ]

  /// The applications of Azure management, for security defaults.
  static let azureManagement: Set<String> = [
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2", "797f4846-ba00-4fd7-ba43-dac1f8f63013",
  ]

  /// Applications that are certainly in a group of applications that policies name by a word.
  static let groups: [String: Set<String>] = [
    "Office365": [
      "00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000",
    ],
    "MicrosoftAdminPortals": ["c44b4083-3bb0-49c1-b47d-974e53cbdf3c"],
  ]

  /// The administrator roles that security defaults ask at every sign-in, by role template.
  ///
  /// - SeeAlso: <https://learn.microsoft.com/entra/fundamentals/security-defaults>
  static let administrators: [String: String] = [
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe": "Billing Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "966707d0-3269-4727-9be2-8c3a10f19b9d": "Password Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": "SharePoint Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
  ]

  /// The role of the directory synchronisation account, which security defaults leave out.
  static let synchronisation = "d29b2b05-8046-44ba-8758-1e26182fcf32"

  /// The tag of applications that the application proxy publishes.
  static let proxyTag = "WindowsAzureActiveDirectoryOnPremApp"
}
