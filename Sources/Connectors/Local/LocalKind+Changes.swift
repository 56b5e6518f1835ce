package import ConnectorKit

extension LocalKind: TeamChangingKind {}
