package config

// Ring is the keyring that a test brings.
type Ring = ring

// NewVaultWith returns a vault with a test's keyring.
func NewVaultWith(env Env, r Ring) *Vault {
	v := NewVault(env)
	v.ring = r
	return v
}
