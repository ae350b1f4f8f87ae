namespace SparseNas.Device
{
    /// <summary>
    /// Where your application goes on after the self-test. Per image: <c>Model.Reset()</c>; per image row the sensor's raw bytes (columns of
    /// channels) into <c>Model.Arena</c> at <c>Model.RowOffset</c>, <c>Model.RowBytes</c> of them, then <c>Model.RowArrived()</c>; then
    /// <c>Model.Run()</c>, <c>Model.Class()</c> and <c>Model.Label(index)</c>. A row in an array of its own: <c>Model.PushRow(row)</c>.
    /// None of them but <c>Label</c> allocates.
    /// </summary>
    public static class Live
    {
        public static void Run()
        {
        }
    }
}
