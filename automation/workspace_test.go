package automation

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
)

func TestThePluginIsTheInstalledOneUnlessAFolderIsNamed(t *testing.T) {
	t.Parallel()
	assert.Nil(t, project(Spec{}).Plugins)
	named := project(Spec{Engine: Engine{Plugin: "/plugins/imagecdn"}}).Plugins
	assert.Equal(t, []workspace.PluginOptions{{Name: "imagecdn", Path: "/plugins/imagecdn"}}, named.Providers)
}
