using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Search.Tests;

public class CompoundScalingTests
{
    private static readonly Shape Image = new(28, 28, 1);

    [Theory]
    [InlineData("conv3x10 bn max2 | conv3x20 bn | gap", 0, "conv3x10 bn max2 | conv3x20 bn | gap")]
    [InlineData("conv3x10 bn max2 | conv3x20 bn | gap", 1, "conv3x11 bn max2 | conv3x22 bn | gap")]                                      // 2 · 1.2 = 2.4 blocks
    [InlineData("conv3x10 bn max2 | conv3x20 bn | gap", 2, "conv3x12 bn max2 | conv3x12 bn | conv3x24 bn | gap")]                        // 2 · 1.44 = 2.9 blocks
    [InlineData("down2 | conv3x10/2 valid | flat", 5, "conv3x16/2 valid | conv3x16 | flat")]                                             // 1.15^5 = 2.01, 1.2^5 = 2.5
    [InlineData("conv3x10 | sep3x10 | conv3x10 max2 | gap", -3, "down2 | conv3x8 | conv3x8 max2 | gap")]                                 // 3 · 0.58 = 1.7 blocks
    [InlineData("cat3x10,1x4 | sum3x10,1 | res3x6 | gap", 1, "cat3x11,1x4 | cat3x11,1x4 | sum3x11,1 | res3x7 | gap")]                    // 3 · 1.2 = 3.6 blocks
    public void DepthWidthAndResolutionFollowTheirPowers(string text, double phi, string expected) =>
        Assert.Equal(expected, CompoundScaling.Scale(BlueprintText.Read(text).Blueprint!, phi, Image).ToString());

    [Fact]
    public void TheLargestScaleUnderABudgetIsFound()
    {
        Candidate candidate = Of("conv3x8 bn max2 | conv3x12 bn | gap");
        ScaledBlueprint best = CompoundScaling.Under(candidate.Blueprint, candidate, Image, 10, forecast => forecast.ParameterBytes <= 4000)!;
        Assert.InRange(best.Forecast.ParameterBytes, 2000, 4000);
        ScaledBlueprint next = CompoundScaling.TryScale(candidate.Blueprint, best.Phi + 0.25, candidate, Image, 10)!;
        Assert.True(next.Forecast.ParameterBytes > 4000);
        Assert.Null(CompoundScaling.Under(candidate.Blueprint, candidate, Image, 10, forecast => forecast.ParameterBytes <= 5));
    }

    [Fact]
    public void WhatNoLongerFitsTheInputIsNoScale()
    {
        Candidate candidate = Of("conv7x4 valid | conv7x4 valid | conv7x4 valid | conv7x4 valid | gap");
        Assert.Null(CompoundScaling.TryScale(candidate.Blueprint, -5, candidate, Image, 10));
    }

    private static Candidate Of(string text) =>
        new() { Blueprint = BlueprintText.Read(text).Blueprint!, Training = new TrainingOptions(), Pruning = PruningChoice.None, Origin = "test" };
}
