namespace SparseNas.Device
{
    /// <summary>
    /// Where your application goes on after the self-test. Per image: <c>Model.Reset()</c>, then <c>Model.PushRow(row)</c> once per image
    /// row with the sensor's raw bytes (columns of channels), then <c>Model.Run()</c>, then <c>Model.Class()</c> and
    /// <c>Model.Label(index)</c>. None of them allocates.
    /// </summary>
    public static class Live
    {
        public static void Run(byte[] row)
        {
        }
    }
}
