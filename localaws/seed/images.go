package seed

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// Image is an image as the team has it in its bucket.
type Image struct {
	Key, ContentType string
	Content          []byte
}

// Images are real images, the same at every call: they are drawn here.
func Images() ([]Image, error) {
	images := []Image{
		{Key: "myimage.jpg", ContentType: "image/jpeg"},
		{Key: "photos/sunrise.jpg", ContentType: "image/jpeg"},
		{Key: "logos/logo.png", ContentType: "image/png"},
	}
	for i := range images {
		var buffer bytes.Buffer
		picture := draw(640>>i, 400>>i, uint8(40*i)) //nolint:gosec // three images
		var err error
		if images[i].ContentType == "image/png" {
			err = png.Encode(&buffer, picture)
		} else {
			err = jpeg.Encode(&buffer, picture, &jpeg.Options{Quality: 85})
		}
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", images[i].Key, err)
		}
		images[i].Content = buffer.Bytes()
	}
	return images, nil
}

// draw paints a sky above a sea.
func draw(width, height int, hue uint8) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			light := uint8(255 * y / height) //nolint:gosec // at most 255
			c := color.RGBA{R: light, G: hue + light/3, B: 255 - light/2, A: 255}
			if y > height*2/3 {
				c = color.RGBA{R: hue, G: 60 + uint8((x^y)%32), B: 120, A: 255} //nolint:gosec // at most 31
			}
			picture.Set(x, y, c)
		}
	}
	return picture
}

// website is the record a team's zone has already.
func website(zone string) *types.ChangeBatch {
	return &types.ChangeBatch{Changes: []types.Change{{
		Action: types.ChangeActionCreate,
		ResourceRecordSet: &types.ResourceRecordSet{
			Name: aws.String("www." + zone), Type: types.RRTypeA, TTL: aws.Int64(300),
			ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.10")}},
		},
	}}}
}
