package route53

import (
	"net/http"
	"slices"

	"imagecdn/localaws/api"
)

// vpcRequest is what AssociateVPCWithHostedZone and its opposite are given.
type vpcRequest struct {
	VPC     vpc
	Comment string
}

func (s *Service) privateZone(r *api.Request, id string) (*zone, vpcRequest, error) {
	var in vpcRequest
	z, err := s.zone(r, id)
	if err != nil {
		return nil, in, err
	}
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, in, err
	}
	if !z.Private {
		return nil, in, api.Refuse("PublicZoneVPCAssociation", "The hosted zone %s is public: no VPC can be associated with it.", z.ID)
	}
	return z, in, nil
}

func (s *Service) associateVPC(r *api.Request) (*api.Response, error) {
	z, in, err := s.privateZone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	for _, other := range s.zonesOf(r) {
		if other.Name == z.Name && slices.Contains(other.VPCs, in.VPC) {
			return nil, api.Refuse("ConflictingDomainExists", "The VPC %s in region %s has already been associated with "+
				"the hosted zone %s with the same domain name.", in.VPC.VPCID, in.VPC.VPCRegion, other.ID)
		}
	}
	z.VPCs = append(z.VPCs, in.VPC)
	return api.XML(http.StatusOK, changeDocument("AssociateVPCWithHostedZone", s.submit(z, in.Comment, nil)), nil)
}

func (s *Service) disassociateVPC(r *api.Request) (*api.Response, error) {
	z, in, err := s.privateZone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(z.VPCs, in.VPC) {
		return nil, api.RefuseStatus(http.StatusNotFound, "VPCAssociationNotFound",
			"The VPC %s is not associated with the hosted zone %s.", in.VPC.VPCID, z.ID)
	}
	if len(z.VPCs) == 1 {
		return nil, api.Refuse("LastVPCAssociation", "The VPC %s is the last one associated with the hosted zone %s.",
			in.VPC.VPCID, z.ID)
	}
	z.VPCs = slices.DeleteFunc(z.VPCs, func(v vpc) bool { return v == in.VPC })
	return api.XML(http.StatusOK, changeDocument("DisassociateVPCFromHostedZone", s.submit(z, in.Comment, nil)), nil)
}

// listVPCAuthorizations answers that no other account's VPC may be associated.
func (s *Service) listVPCAuthorizations(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, listVPCAuthorizationsResponse{HostedZoneID: z.ID}, nil)
}

func (s *Service) listHostedZonesByVPC(r *api.Request) (*api.Response, error) {
	query := r.HTTP.URL.Query()
	wanted := vpc{VPCRegion: query.Get("vpcregion"), VPCID: query.Get("vpcid")}
	out := listHostedZonesByVPCResponse{MaxItems: zonesPerPage}
	for _, z := range s.zonesInOrder(r, byName) {
		if slices.Contains(z.VPCs, wanted) {
			out.Summaries = append(out.Summaries,
				hostedZoneSummary{ID: z.ID, Name: z.Name, Owner: zoneOwner{OwningAccount: z.Account}})
		}
	}
	return api.XML(http.StatusOK, out, nil)
}
